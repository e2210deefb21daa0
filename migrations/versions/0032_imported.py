"""Who and where somebody and something of another chat is here, so that a second import adds nothing."""

import sqlalchemy as sa
from alembic import op

from migrations.steps import create_index, create_table, texts

revision, down_revision = "0032", "0031"


def upgrade() -> None:
    for table, column, target in (("imported_people", "user_id", "users"), ("imported_rooms", "room_id", "rooms")):
        create_table(
            table,
            *texts("source", "key"),
            sa.Column(column, sa.BigInteger(), nullable=False),
            sa.ForeignKeyConstraint([column], [f"{target}.id"], ondelete="CASCADE"),
            sa.PrimaryKeyConstraint("source", "key"),
        )
        create_index(table, column)


def downgrade() -> None:
    for table in ("imported_rooms", "imported_people"):
        op.drop_table(table)
