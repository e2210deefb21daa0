"""The PostgreSQL that Parley brings along: its programs, its account, its data, its server."""
