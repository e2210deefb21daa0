"""What each process did in a minute is kept, to draw the last day."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.steps import create_table, texts

revision, down_revision = "0041", "0040"


def upgrade() -> None:
    create_table(
        "samples",
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        *texts("process"),
        sa.Column("sockets", sa.Integer(), nullable=False),
        sa.Column("loop_lag_s", sa.Float(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("taken_at", "process"),
    )


def downgrade() -> None:
    op.drop_table("samples")
