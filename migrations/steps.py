"""What migrations repeat: columns that many tables have, and how constraints and indexes are named.

Released migrations are made of these words. So a word never changes: a database becomes the same whenever it is
migrated. What has to be otherwise is a new word. Those in `app/db/tables/metadata.py` follow the tables of today.
"""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

NAMES = {
    "pk": "%(table_name)s_pkey",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
}


def create_table(name: str, *parts: SchemaItem) -> None:
    """Create a table whose constraints are named after it, after their columns and what they are.

    A check has the name that it is given in place of columns.
    """
    sa.Table(name, sa.MetaData(naming_convention=NAMES), *parts)  # from here on each part has its name
    op.create_table(name, *parts)


def create_index(table: str, *columns: str, where: str | None = None) -> None:
    """Create an index whose name is the table's, its columns and `idx`; of rows where the condition holds, if any."""
    name = op.f("_".join([table, *columns, "idx"]))
    op.create_index(name, table, columns, postgresql_where=None if where is None else sa.text(where))


def numbered_id() -> sa.Column[int]:
    """`id`, a number that the database gives to each row."""
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False)


def numbers(*names: str) -> list[sa.Column[int]]:
    """Columns with a number in each row, such as an id."""
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def texts(*names: str) -> list[sa.Column[str]]:
    """Columns with a text in each row."""
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def moment(name: str) -> sa.Column[datetime]:
    """When something happened: now, by the database's clock."""
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False)


def of_user(column: str = "user_id") -> sa.ForeignKeyConstraint:
    """The rows of an account go with it."""
    return sa.ForeignKeyConstraint([column], ["users.id"], ondelete="CASCADE")


def of_room() -> sa.ForeignKeyConstraint:
    """The rows of a room, which `room_id` names, go with it."""
    return sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], ondelete="CASCADE")


def of_message() -> sa.ForeignKeyConstraint:
    """The rows of a message, which `room_id` and `seq` name, go with it."""
    return sa.ForeignKeyConstraint(["room_id", "seq"], ["messages.room_id", "messages.seq"], ondelete="CASCADE")
