"""Messages that are edited, deleted and reacted to."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "reactions",
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("room_id", "seq")),
        sa.Column("emoji", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("char_length(emoji) BETWEEN 1 AND 32", name=op.f("reactions_emoji_length_check")),
        sa.ForeignKeyConstraint(
            ["room_id", "seq"],
            ["messages.room_id", "messages.seq"],
            name=op.f("reactions_room_id_seq_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("reactions_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("room_id", "seq", "emoji", "user_id", name=op.f("reactions_pkey")),
    )
    op.create_index(op.f("reactions_user_id_idx"), "reactions", ["user_id"])
    deleted = sa.text("deleted_at IS NOT NULL")
    op.create_index(op.f("messages_room_id_seq_idx"), "messages", ["room_id", "seq"], postgresql_where=deleted)


def downgrade() -> None:
    op.drop_index(op.f("messages_room_id_seq_idx"), "messages")
    op.drop_table("reactions")
