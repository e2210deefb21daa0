"""From where people have logged in, and which session is from a new place."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.add_column("sessions", sa.Column("is_new_device", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_table(
        "devices",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("devices_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "device", "network", name=op.f("devices_pkey")),
    )


def downgrade() -> None:
    op.drop_table("devices")
    op.drop_column("sessions", "is_new_device")
