"""The index knows which messages were there before it, so that no two have the same number."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0043", "0042"


def upgrade() -> None:
    first = sa.Column("first_seq", sa.BigInteger(), server_default=sa.text("1"), nullable=False)
    op.add_column("search_heads", first)
    # Where the fill is at work, what it has not come to has no lines yet.
    op.execute(
        "UPDATE search_heads SET first_seq = coalesce((SELECT min(seq) FROM search"
        " WHERE search.room_id = search_heads.room_id), filled_seq) WHERE filled_seq > 1"
    )


def downgrade() -> None:
    op.drop_column("search_heads", "first_seq")
