"""One's own messages do not count as unread: they are found by their author, room and seq."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_index(
        op.f("messages_author_id_room_id_seq_idx"),
        "messages",
        ["author_id", "room_id", "seq"],
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.drop_index(op.f("messages_author_id_idx"), "messages")


def downgrade() -> None:
    op.create_index(op.f("messages_author_id_idx"), "messages", ["author_id"])
    op.drop_index(op.f("messages_author_id_room_id_seq_idx"), "messages")
