"""People may leave for good: their account goes, and what they wrote stays as a former member's, or goes, too."""

import sqlalchemy as sa
from alembic import op

from migrations.steps import create_table, numbers, of_user

revision, down_revision = "0035", "0034"


def upgrade() -> None:
    op.add_column("users", sa.Column("deleted_at", sa.DateTime(timezone=True)))
    op.create_check_constraint(
        op.f("users_deleted_check"),
        "users",
        "deleted_at IS NULL OR (disabled_at IS NOT NULL AND num_nonnulls(email, password_hash, avatar_id) = 0)",
    )
    create_table(
        "departures",
        *numbers("user_id"),
        sa.Column("keeps_messages", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        of_user(),
        sa.PrimaryKeyConstraint("user_id"),
    )


def downgrade() -> None:
    op.drop_table("departures")
    op.drop_constraint(op.f("users_deleted_check"), "users")
    op.drop_column("users", "deleted_at")
