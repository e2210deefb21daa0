"""SQLAlchemy's own test suite for dialects, on ours: `python -m tests.dialect_suite [options of pytest]`."""
