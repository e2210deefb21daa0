"""The tables of order in a chat: what admins did, what people reported, and whom they blocked."""

import sqlalchemy as sa

from app.db.tables.metadata import created_at, length, numbered_id, of_message, table, user_id

# Who did what to whom. `actor_id` is NULL for the command line; `room_id` names no table: what was done stays said.
audit = table(
    "audit",
    numbered_id(),
    created_at(),
    sa.Column("actor_id", sa.ForeignKey("users.id", ondelete="SET NULL"), index=True),
    sa.Column("action", sa.Text, nullable=False),  # a key of ACTIONS in app/audit/recording.py
    sa.Column("user_id", sa.ForeignKey("users.id", ondelete="SET NULL"), index=True),
    sa.Column("room_id", sa.BigInteger),
    sa.Column("detail", sa.Text, nullable=False, server_default=""),
    sa.Index(None, "created_at"),
)

# Messages that members ask admins to look at, each person once a message.
reports = table(
    "reports",
    numbered_id(),
    created_at(),
    *of_message(),
    sa.Column("reporter_id", sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("said", sa.Text, nullable=False),  # what the message said then: its author may edit or delete it
    sa.Column("settled_at", sa.DateTime(timezone=True)),
    sa.Column("settled_by", sa.ForeignKey("users.id", ondelete="SET NULL"), index=True),
    sa.UniqueConstraint("room_id", "seq", "reporter_id"),
    length("reason", most=500),
    sa.Index(None, "id", postgresql_where=sa.text("settled_at IS NULL")),
)

blocks = table(
    "blocks",
    user_id(),
    sa.Column("blocked_id", sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    created_at(),
    sa.PrimaryKeyConstraint("user_id", "blocked_id"),
    sa.CheckConstraint("user_id <> blocked_id", name="another"),
)
