"""Mentions: who is called by a message."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "mentions",
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("room_id", "seq", "user_id")),
        sa.ForeignKeyConstraint(
            ["room_id", "seq"],
            ["messages.room_id", "messages.seq"],
            name=op.f("mentions_room_id_seq_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("room_id", "seq", "user_id", name=op.f("mentions_pkey")),
    )
    op.create_index(op.f("mentions_user_id_room_id_seq_idx"), "mentions", ["user_id", "room_id", "seq"])


def downgrade() -> None:
    op.drop_table("mentions")
