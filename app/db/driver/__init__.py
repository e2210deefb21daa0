"""PostgreSQL through SQLAlchemy and aiopg: the dialect, connections, engines, prepared statements."""
