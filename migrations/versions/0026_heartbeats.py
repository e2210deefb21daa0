"""Each process writes a row every few seconds, to see whether it can and who else serves."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "heartbeats",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("bus", sa.Text(), nullable=False),
        sa.Column("bus_open_s", sa.Integer()),
        sa.PrimaryKeyConstraint("name", name=op.f("heartbeats_pkey")),
    )


def downgrade() -> None:
    op.drop_table("heartbeats")
