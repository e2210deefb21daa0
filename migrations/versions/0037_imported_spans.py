"""Which messages an import brought, so that they notify nobody."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    op.create_table(
        "imported_spans",
        sa.Column("room_id", sa.BigInteger(), nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("first_seq <= last_seq", name=op.f("imported_spans_span_check")),
        sa.ForeignKeyConstraint(
            ["room_id"], ["rooms.id"], name=op.f("imported_spans_room_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("room_id", "first_seq", name=op.f("imported_spans_pkey")),
    )


def downgrade() -> None:
    op.drop_table("imported_spans")
