"""A direct conversation may be out of a person's list until its next message."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column("memberships", sa.Column("hidden_seq", sa.BigInteger()))
    hidden = sa.text("hidden_seq IS NOT NULL")
    op.create_index(op.f("memberships_room_id_idx"), "memberships", ["room_id"], postgresql_where=hidden)


def downgrade() -> None:
    op.drop_index(op.f("memberships_room_id_idx"), table_name="memberships")
    op.drop_column("memberships", "hidden_seq")
