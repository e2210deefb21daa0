"""Where bytes are kept: once for each SHA-256, in the database."""
