"""Messages that are edited, deleted and reacted to."""

import sqlalchemy as sa
from alembic import op

from migrations.steps import create_index, create_table, moment, numbers, of_message, of_user, texts

revision, down_revision = "0003", "0002"


def upgrade() -> None:
    create_table(
        "reactions",
        *numbers("room_id", "seq"),
        *texts("emoji"),
        *numbers("user_id"),
        moment("created_at"),
        sa.CheckConstraint("char_length(emoji) BETWEEN 1 AND 32", name="emoji_length"),
        of_message(),
        of_user(),
        sa.PrimaryKeyConstraint("room_id", "seq", "emoji", "user_id"),
    )
    create_index("reactions", "user_id")
    create_index("messages", "room_id", "seq", where="deleted_at IS NOT NULL")


def downgrade() -> None:
    op.drop_index(op.f("messages_room_id_seq_idx"), "messages")
    op.drop_table("reactions")
