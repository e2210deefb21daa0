"""Changes that were made are remembered for a day, so that one that is sent again is not made again."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "changes",
        sa.Column("room_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("changes_room_id_fkey"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("changes_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("room_id", "user_id", "client_id", name=op.f("changes_pkey")),
    )
    op.create_index(op.f("changes_user_id_idx"), "changes", ["user_id"])


def downgrade() -> None:
    op.drop_table("changes")
