"""Whether this process can serve: it tries to, every few seconds."""
