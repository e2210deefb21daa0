"""From where people have logged in, and which session is from a new place."""

import sqlalchemy as sa
from alembic import op

from migrations.steps import create_table, moment, numbers, of_user, texts

revision, down_revision = "0025", "0024"


def upgrade() -> None:
    op.add_column("sessions", sa.Column("is_new_device", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    create_table(
        "devices",
        *numbers("user_id"),
        *texts("device", "network"),
        moment("seen_at"),
        of_user(),
        sa.PrimaryKeyConstraint("user_id", "device", "network"),
    )


def downgrade() -> None:
    op.drop_table("devices")
    op.drop_column("sessions", "is_new_device")
