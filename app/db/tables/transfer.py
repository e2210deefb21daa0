"""What was brought in from other chats: who and where somebody and something of a source is here.

`source` names an export: its format, or a word where there are several of one. `key` is the source's own id. Messages
need no such table, as their client ids are made of source, room and key.
"""

import sqlalchemy as sa

from app.db.tables.metadata import of_message, room_id, table, user_id


def _brought(name: str, column: str, target: str) -> sa.Table:
    return table(
        name,
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column(column, sa.ForeignKey(target, ondelete="CASCADE"), nullable=False, index=True),
        sa.PrimaryKeyConstraint("source", "key"),
    )


imported_people = _brought("imported_people", "user_id", "users.id")
imported_rooms = _brought("imported_rooms", "room_id", "rooms.id")

# Which messages were brought in, from one `seq` to another: they notify nobody.
imported_spans = table(
    "imported_spans",
    room_id(),
    sa.Column("first_seq", sa.BigInteger, nullable=False),
    sa.Column("last_seq", sa.BigInteger, nullable=False),
    sa.PrimaryKeyConstraint("room_id", "first_seq"),
    sa.CheckConstraint("first_seq <= last_seq", name="span"),
)

# Reactions to those messages that were taken back here: the next import must not bring them again.
withdrawn_reactions = table(
    "withdrawn_reactions",
    *of_message(),
    sa.Column("emoji", sa.Text, nullable=False),
    user_id(index=True),
    sa.PrimaryKeyConstraint("room_id", "seq", "emoji", "user_id"),
)
