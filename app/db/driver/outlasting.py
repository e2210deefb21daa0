"""What goes on although the database is away."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from app.db.driver.causes import cause_of
from app.db.driver.engine import DATABASE_GONE


@contextmanager
def outlasting(log: logging.Logger, trouble: str) -> Iterator[None]:
    """Go on after the block where the database could not do it, and log the trouble with its cause."""
    try:
        yield
    except DATABASE_GONE as error:
        log.warning("%s reason=%s", trouble, cause_of(error).reason)
