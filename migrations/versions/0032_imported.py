"""Who and where somebody and something of another chat is here, so that a second import adds nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    for table, column, target in (("imported_people", "user_id", "users"), ("imported_rooms", "room_id", "rooms")):
        op.create_table(
            table,
            sa.Column("source", sa.Text(), nullable=False),
            sa.Column("key", sa.Text(), nullable=False),
            sa.Column(column, sa.BigInteger(), nullable=False),
            sa.ForeignKeyConstraint(
                [column], [f"{target}.id"], name=op.f(f"{table}_{column}_fkey"), ondelete="CASCADE"
            ),
            sa.PrimaryKeyConstraint("source", "key", name=op.f(f"{table}_pkey")),
        )
        op.create_index(op.f(f"{table}_{column}_idx"), table, [column])


def downgrade() -> None:
    for table in ("imported_rooms", "imported_people"):
        op.drop_table(table)
