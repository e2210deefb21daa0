"""SQLAlchemy's own test suite for dialects, run on `postgresql+aiopg`: `python -m tests.dialect_suite [pytest options]`."""
