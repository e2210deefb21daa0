"""What a person has made on a day is counted: rooms, people added, direct conversations."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_table(
        "totals",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("what IN ('rooms', 'people', 'directs')", name=op.f("totals_what_check")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("totals_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "what", name=op.f("totals_pkey")),
    )


def downgrade() -> None:
    op.drop_table("totals")
