"""What a person has made on a day is counted: rooms, people added, direct conversations."""

import sqlalchemy as sa
from alembic import op

from migrations.steps import create_table, numbers, of_user, texts

revision, down_revision = "0027", "0026"


def upgrade() -> None:
    create_table(
        "totals",
        *numbers("user_id"),
        *texts("what"),
        sa.Column("day", sa.Date(), nullable=False),
        *numbers("count"),
        sa.CheckConstraint("what IN ('rooms', 'people', 'directs')", name="what"),
        of_user(),
        sa.PrimaryKeyConstraint("user_id", "what"),
    )


def downgrade() -> None:
    op.drop_table("totals")
