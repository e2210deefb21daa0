"""Rooms may keep their messages for a number of days."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0040", "0039"


def upgrade() -> None:
    op.add_column("rooms", sa.Column("retention_days", sa.Integer()))
    op.add_column("rooms", sa.Column("gone_seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.create_check_constraint(op.f("rooms_retention_days_check"), "rooms", "retention_days BETWEEN 1 AND 3650")


def downgrade() -> None:
    op.drop_constraint(op.f("rooms_retention_days_check"), "rooms")
    op.drop_column("rooms", "gone_seq")
    op.drop_column("rooms", "retention_days")
