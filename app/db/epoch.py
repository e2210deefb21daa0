"""The name of the database's history, which every cursor belongs to."""

import uuid

from sqlalchemy import func, update

from app.db.migrate import transaction
from app.db.schema import instance


def rotate(url: str) -> uuid.UUID:
    """Give the history another name, since a restored backup is another; every client then loads anew. The new name.

    Raises:
        BadConfig: the database cannot be reached or used.
    """
    with transaction(url) as connection:
        statement = update(instance).values(epoch=func.gen_random_uuid()).returning(instance.c.epoch)
        return uuid.UUID(str(connection.execute(statement).scalar_one()))
