"""Each process writes a row every few seconds, to see whether it can and who else serves."""

import sqlalchemy as sa
from alembic import op

from migrations.steps import create_table, moment, texts

revision, down_revision = "0026", "0025"


def upgrade() -> None:
    create_table(
        "heartbeats",
        *texts("name"),
        moment("beat_at"),
        *texts("revision", "bus"),
        sa.Column("bus_open_s", sa.Integer()),
        sa.PrimaryKeyConstraint("name"),
    )


def downgrade() -> None:
    op.drop_table("heartbeats")
