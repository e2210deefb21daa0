"""Reactions that an import brought and that were taken back here, so that the next one does not bring them again."""

import sqlalchemy as sa
from alembic import op

from migrations.steps import create_index, create_table, numbers, of_message, of_user, texts

revision, down_revision = "0039", "0038"


def upgrade() -> None:
    create_table(
        "withdrawn_reactions",
        *numbers("room_id", "seq"),
        *texts("emoji"),
        *numbers("user_id"),
        of_message(),
        of_user(),
        sa.PrimaryKeyConstraint("room_id", "seq", "emoji", "user_id"),
    )
    create_index("withdrawn_reactions", "user_id")


def downgrade() -> None:
    op.drop_table("withdrawn_reactions")
