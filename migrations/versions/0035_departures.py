"""People may leave for good: their account goes, and what they wrote stays as a former member's, or goes, too."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    op.add_column("users", sa.Column("deleted_at", sa.DateTime(timezone=True)))
    op.create_check_constraint(
        op.f("users_deleted_check"),
        "users",
        "deleted_at IS NULL OR (disabled_at IS NOT NULL AND num_nonnulls(email, password_hash, avatar_id) = 0)",
    )
    op.create_table(
        "departures",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("keeps_messages", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("departures_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("departures_pkey")),
    )


def downgrade() -> None:
    op.drop_table("departures")
    op.drop_constraint(op.f("users_deleted_check"), "users")
    op.drop_column("users", "deleted_at")
