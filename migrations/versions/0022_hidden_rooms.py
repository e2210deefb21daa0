"""A direct conversation may be out of a person's list until its next message."""

import sqlalchemy as sa
from alembic import op

from migrations.steps import create_index

revision, down_revision = "0022", "0021"


def upgrade() -> None:
    op.add_column("memberships", sa.Column("hidden_seq", sa.BigInteger()))
    create_index("memberships", "room_id", where="hidden_seq IS NOT NULL")


def downgrade() -> None:
    op.drop_index(op.f("memberships_room_id_idx"), table_name="memberships")
    op.drop_column("memberships", "hidden_seq")
