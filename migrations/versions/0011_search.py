"""Search: the lexemes of messages. Those that are there already are filled in afterwards, while people write."""

import sqlalchemy as sa
from alembic import op

from migrations.steps import create_table, numbers, of_room, texts

revision, down_revision = "0011", "0010"

# As in app/db/tables/search.py.
CHARACTER = "chr(300 + (number >> 17)::integer)"
LEXEMES = f"{CHARACTER} || replace(terms, ' '::text, ' '::text || {CHARACTER})"
TERMS = f"array_to_tsvector(string_to_array({LEXEMES}, ' '::text))"


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("search_number")))
    create_table(
        "search_heads",
        *numbers("room_id", "rev"),
        sa.Column("filled_seq", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        of_room(),
        sa.PrimaryKeyConstraint("room_id"),
    )
    create_table(
        "search_segments",
        sa.Column("segment", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("began", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("segment"),
    )
    create_table(
        "search",
        *numbers("number", "room_id", "seq"),
        *texts("terms"),
        sa.ForeignKeyConstraint(["room_id"], ["search_heads.room_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("room_id", "seq"),
    )
    op.create_index(
        "search_terms_idx",
        "search",
        [sa.text(f"({TERMS})")],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "on", "gin_pending_list_limit": "65536"},
    )
    _leave_to_the_fill()


def _leave_to_the_fill() -> None:
    """What is there gets the numbers below the first one of a segment, with which what is new begins."""
    op.execute(
        "INSERT INTO search_heads (room_id, rev, filled_seq) "
        "SELECT id, last_rev, last_seq + 1 FROM rooms WHERE last_rev > 0"
    )
    op.execute(
        "SELECT setval('search_number', ((sum(filled_seq - 1)::bigint + 131071) >> 17) << 17, false) "
        "FROM search_heads HAVING sum(filled_seq - 1) > 0"
    )


def downgrade() -> None:
    for table in ("search", "search_segments", "search_heads"):
        op.drop_table(table)
    op.execute(sa.schema.DropSequence(sa.Sequence("search_number")))
