"""One's own messages do not count as unread: they are found by their author, room and seq."""

from alembic import op

from migrations.steps import create_index

revision, down_revision = "0009", "0008"


def upgrade() -> None:
    create_index("messages", "author_id", "room_id", "seq", where="deleted_at IS NULL")
    op.drop_index(op.f("messages_author_id_idx"), "messages")


def downgrade() -> None:
    create_index("messages", "author_id")
    op.drop_index(op.f("messages_author_id_room_id_seq_idx"), "messages")
