"""The tables of search, which repeat what `messages` has: they may be emptied, and are filled again.

Every lexeme in the index begins with the character of its segment, which is 131,072 numbers. GIN keeps its keys in
order, so that one index holds a small one for each segment, and a search asks segment by segment, the newest first.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    Sequence,
    Table,
    Text,
    text,
)

from app.db.metadata import metadata

SEGMENT_BITS = 17
FIRST_CHARACTER = 300  # of segment 0
_CHARACTER = f"chr({FIRST_CHARACTER} + (number >> {SEGMENT_BITS})::integer)"
_LEXEMES = f"{_CHARACTER} || replace(terms, ' '::text, ' '::text || {_CHARACTER})"
# What the index has of a message; a condition must have the same words to be found by it. An expression over `terms`
# takes 87 bytes a message less than a column of this type, and no longer to search.
INDEXED_TERMS = f"array_to_tsvector(string_to_array({_LEXEMES}, ' '::text))"

search_number = Sequence("search_number", metadata=metadata)

# `number` rises with the time of messages, over all rooms; an index on it would mislead the planner. `terms` are the
# lexemes of one message, with single spaces between them.
search = Table(
    "search",
    metadata,
    Column("number", BigInteger, nullable=False),
    Column("room_id", ForeignKey("search_heads.room_id", ondelete="CASCADE"), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("terms", Text, nullable=False),
    PrimaryKeyConstraint("room_id", "seq"),
    Index(
        "search_terms_idx",
        text(f"({INDEXED_TERMS})"),
        postgresql_using="gin",
        postgresql_with={"fastupdate": "on", "gin_pending_list_limit": "65536"},
    ),
)

# How far each room is in `search`: all changes up to `rev`, of the messages from `filled_seq` on. Those before that
# were there before there was a search, and are for the fill. A room without a row is at (0, 1).
search_heads = Table(
    "search_heads",
    metadata,
    Column("room_id", ForeignKey("rooms.id", ondelete="CASCADE"), primary_key=True),
    Column("rev", BigInteger, nullable=False),
    Column("filled_seq", BigInteger, nullable=False, server_default=text("1")),
)

# The time of the oldest message of each segment.
search_segments = Table(
    "search_segments",
    metadata,
    Column("segment", BigInteger, primary_key=True, autoincrement=False),
    Column("began", DateTime(timezone=True), nullable=False),
)
