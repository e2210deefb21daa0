"""Wrong passwords of a device or a network that the owner of the account is known by have a count of their own."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0024", "0023"


def upgrade() -> None:
    op.add_column("login_failures", sa.Column("known_as", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("login_failures", "known_as")
