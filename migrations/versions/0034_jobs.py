"""What is old is swept, each kind by one process at a time; a day's amendments are found by their time."""

import sqlalchemy as sa
from alembic import op

from migrations.steps import create_index, create_table, moment, texts

revision, down_revision = "0034", "0033"


def upgrade() -> None:
    create_table(
        "jobs",
        *texts("name"),
        moment("due_at"),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("removed", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    create_index("changes", "created_at")


def downgrade() -> None:
    op.drop_index(op.f("changes_created_at_idx"), "changes")
    op.drop_table("jobs")
