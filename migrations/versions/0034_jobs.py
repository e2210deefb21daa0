"""What is old is swept, each kind by one process at a time; a day's amendments are found by their time."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("removed", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("jobs_pkey")),
    )
    op.create_index(op.f("changes_created_at_idx"), "changes", ["created_at"])


def downgrade() -> None:
    op.drop_index(op.f("changes_created_at_idx"), "changes")
    op.drop_table("jobs")
