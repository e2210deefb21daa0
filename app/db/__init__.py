"""The database: its tables and migrations, the driver, a replica, the embedded PostgreSQL."""
