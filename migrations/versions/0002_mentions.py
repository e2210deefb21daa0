"""Mentions: who is called by a message."""

import sqlalchemy as sa
from alembic import op

from migrations.steps import create_index, create_table, numbers, of_message

revision, down_revision = "0002", "0001"


def upgrade() -> None:
    create_table(
        "mentions",
        *numbers("room_id", "seq", "user_id"),
        of_message(),
        sa.PrimaryKeyConstraint("room_id", "seq", "user_id"),
    )
    create_index("mentions", "user_id", "room_id", "seq")


def downgrade() -> None:
    op.drop_table("mentions")
