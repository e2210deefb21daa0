"""What a request says, and the answers that every feature gives."""
