"""Reactions that an import brought and that were taken back here, so that the next one does not bring them again."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    op.create_table(
        "withdrawn_reactions",
        sa.Column("room_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("emoji", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["room_id", "seq"],
            ["messages.room_id", "messages.seq"],
            name=op.f("withdrawn_reactions_room_id_seq_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("withdrawn_reactions_user_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("room_id", "seq", "emoji", "user_id", name=op.f("withdrawn_reactions_pkey")),
    )
    op.create_index(op.f("withdrawn_reactions_user_id_idx"), "withdrawn_reactions", ["user_id"])


def downgrade() -> None:
    op.drop_table("withdrawn_reactions")
