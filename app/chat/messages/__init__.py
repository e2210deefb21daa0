"""Messages: how they are written, amended, read and delivered."""
