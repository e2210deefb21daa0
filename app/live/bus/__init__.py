"""What carries doorbells and notes between processes, by PostgreSQL or Redis."""
