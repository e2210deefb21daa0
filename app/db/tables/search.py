"""The tables of search, which repeat what `messages` has: they may be emptied, and are filled again.

Every lexeme in the index begins with the character of its segment, which is 131,072 numbers. GIN keeps its keys in
order, so that one index holds a small one for each segment, and a search asks segment by segment, the newest first.
"""

import sqlalchemy as sa

from app.db.tables.metadata import metadata, room_id, table

SEGMENT_BITS = 17
FIRST_CHARACTER = 300  # of segment 0
_CHARACTER = f"chr({FIRST_CHARACTER} + (number >> {SEGMENT_BITS})::integer)"
_LEXEMES = f"{_CHARACTER} || replace(terms, ' '::text, ' '::text || {_CHARACTER})"
# What the index has of a message; a condition must have the same words to be found by it. An expression over `terms`
# takes 87 bytes a message less than a column of this type, and no longer to search.
INDEXED_TERMS = f"array_to_tsvector(string_to_array({_LEXEMES}, ' '::text))"

search_number = sa.Sequence("search_number", metadata=metadata)

# `number` rises with the time of messages, over all rooms; an index on it would mislead the planner. `terms` are the
# lexemes of one message, with single spaces between them.
search = table(
    "search",
    sa.Column("number", sa.BigInteger, nullable=False),
    sa.Column("room_id", sa.ForeignKey("search_heads.room_id", ondelete="CASCADE"), nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("terms", sa.Text, nullable=False),
    sa.PrimaryKeyConstraint("room_id", "seq"),
    sa.Index(
        "search_terms_idx",
        sa.text(f"({INDEXED_TERMS})"),
        postgresql_using="gin",
        postgresql_with={"fastupdate": "on", "gin_pending_list_limit": "65536"},
    ),
)

# How far each room is in `search`: all changes up to `rev`, of the messages from `filled_seq` on. Those before that are
# for the fill: they were there before there was a search (those before `first_seq`), or have lines of other words. A
# room without a row is at (0, 1, 1).
search_heads = table(
    "search_heads",
    room_id(primary_key=True),
    sa.Column("rev", sa.BigInteger, nullable=False),
    sa.Column("filled_seq", sa.BigInteger, nullable=False, server_default=sa.text("1")),
    sa.Column("first_seq", sa.BigInteger, nullable=False, server_default=sa.text("1")),
)

# The time of the oldest message of each segment.
search_segments = table(
    "search_segments",
    sa.Column("segment", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("began", sa.DateTime(timezone=True), nullable=False),
)
