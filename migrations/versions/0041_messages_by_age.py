"""The living messages of a room are found by their age."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
IS_ALONE = True

INDEX = "messages_room_id_created_at_idx"


def upgrade() -> None:
    op.drop_index(INDEX, if_exists=True, postgresql_concurrently=True)
    living = sa.text("deleted_at IS NULL")
    op.create_index(
        op.f(INDEX), "messages", ["room_id", "created_at"], postgresql_where=living, postgresql_concurrently=True
    )


def downgrade() -> None:
    op.drop_index(INDEX, if_exists=True, postgresql_concurrently=True)
