"""Very many sockets at once."""
