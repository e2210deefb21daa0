"""A room may keep its members from saving it as a file."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0033", "0032"


def upgrade() -> None:
    op.add_column("rooms", sa.Column("members_save", sa.Boolean(), server_default=sa.text("true"), nullable=False))


def downgrade() -> None:
    op.drop_column("rooms", "members_save")
