"""The name of the database's history, which every cursor belongs to."""

import uuid

from sqlalchemy import func, update

from app.db.migrate import transaction
from app.db.schema import instance


def rotate(url: str) -> uuid.UUID:
    """Give the history a new name, and return it: every client then loads anew, as it must after a backup is restored.

    Raises:
        BadConfig: the database cannot be reached or used.
    """
    with transaction(url) as connection:
        statement = update(instance).values(epoch=func.gen_random_uuid()).returning(instance.c.epoch)
        return uuid.UUID(str(connection.execute(statement).scalar_one()))
