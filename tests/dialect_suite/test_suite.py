"""All of SQLAlchemy's suite; what is left out, and why, stands in `requirements.py` alone."""

from sqlalchemy.testing.suite import *  # noqa: F403
