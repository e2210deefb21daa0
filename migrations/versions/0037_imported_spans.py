"""Which messages an import brought, so that they notify nobody."""

import sqlalchemy as sa
from alembic import op

from migrations.steps import create_table, numbers, of_room

revision, down_revision = "0037", "0036"


def upgrade() -> None:
    create_table(
        "imported_spans",
        *numbers("room_id", "first_seq", "last_seq"),
        sa.CheckConstraint("first_seq <= last_seq", name="span"),
        of_room(),
        sa.PrimaryKeyConstraint("room_id", "first_seq"),
    )


def downgrade() -> None:
    op.drop_table("imported_spans")
