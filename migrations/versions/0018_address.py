"""The chat keeps the address that stands before its links, and each login the address by which it came."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0018", "0017"


def upgrade() -> None:
    op.add_column("instance", sa.Column("address", sa.Text()))
    op.add_column("sessions", sa.Column("origin", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("sessions", "origin")
    op.drop_column("instance", "address")
