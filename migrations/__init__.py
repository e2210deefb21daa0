"""The database's way from one revision to the next, by Alembic."""
