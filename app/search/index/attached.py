"""The files of a message, as far as it is found by them: read beside what the index takes, and what the judge reads."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, array

from app.db.schema import attachments, files


def attached(message: FromClause) -> ColumnElement[Any]:
    """The kind and the name of each file that a message carries, in their order; NULL where it has none.

    `message` has the columns `room_id` and `seq`.
    """
    kind_and_name = array([files.c.kind, files.c.name])
    return (
        select(func.array_agg(aggregate_order_by(kind_and_name, attachments.c.position)))
        .join_from(attachments, files, files.c.id == attachments.c.file_id)
        .where(attachments.c.room_id == message.c.room_id, attachments.c.seq == message.c.seq)
        .correlate(message)
        .scalar_subquery()
    )
