"""Rooms, who is in them, and what is written there."""

import sqlalchemy as sa

from app.db.tables.derived import room_key_of, room_sort_key_of
from app.db.tables.metadata import (
    created_at,
    flag,
    from_zero,
    length,
    moment,
    numbered_id,
    of_message,
    one_of,
    room_id,
    table,
    user_id,
)

# `last_seq` numbers messages and `last_rev` numbers changes, both 1, 2, 3 … without a gap. They are raised in the
# transaction that writes the message: the row lock makes commit order equal numbering order, and a rollback leaves no
# gap. A sequence can do neither.
rooms = table(
    "rooms",
    numbered_id(),
    sa.Column("kind", sa.Text, nullable=False, server_default="open"),
    sa.Column("name", sa.Text, nullable=False, server_default=""),
    sa.Column("topic", sa.Text, nullable=False, server_default=""),
    sa.Column("name_key", sa.Text),  # NFKC, casefolded; of living rooms that have a name
    sa.Column("search_key", sa.Text, nullable=False, server_default="", default=room_key_of),  # of name and topic
    sa.Column("sort_key", sa.Text(collation="C"), nullable=False, server_default="", default=room_sort_key_of),
    sa.Column("direct_key", sa.Text),  # the ids of its people, rising, joined by "-"
    flag("for_everyone"),  # new accounts join it
    flag("members_save", at_first=True),  # as a file
    sa.Column("retention_days", sa.Integer),  # older messages are deleted; NULL: they stay
    from_zero("gone_seq"),  # all up to it are deleted
    sa.Column("creator_id", sa.ForeignKey("users.id", ondelete="SET NULL"), index=True),
    from_zero("last_seq"),
    from_zero("last_rev"),
    from_zero("lists_rev", index=True),
    created_at(),
    sa.Column("archived_at", sa.DateTime(timezone=True)),
    sa.UniqueConstraint("name_key"),
    sa.UniqueConstraint("direct_key"),
    one_of("kind", "open", "closed", "direct"),
    length("name", most=64),
    length("topic", most=250),
    sa.CheckConstraint("last_rev >= last_seq", name="rev_covers_seq"),
    sa.CheckConstraint("retention_days BETWEEN 1 AND 3650", name="retention_days"),
)

memberships = table(
    "memberships",
    room_id(),
    user_id(index=True),
    from_zero("read_seq"),
    sa.Column("level", sa.Text, nullable=False, server_default="all"),
    moment("joined_at"),
    sa.Column("hidden_seq", sa.BigInteger),  # out of one's list until the room has a message above; NULL: shown
    flag("notify_all"),  # of every message
    sa.PrimaryKeyConstraint("room_id", "user_id"),
    sa.Index(None, "room_id", postgresql_where=sa.text("hidden_seq IS NOT NULL")),
    sa.Index("memberships_notify_all_idx", "room_id", postgresql_where=sa.text("notify_all")),
    one_of("level", "all", "mentions", "muted"),
)

messages = table(
    "messages",
    room_id(),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("rev", sa.BigInteger, nullable=False),
    sa.Column("author_id", sa.ForeignKey("users.id"), nullable=False),
    sa.Column("client_id", sa.Uuid, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    created_at(),
    sa.Column("edited_at", sa.DateTime(timezone=True)),
    sa.Column("deleted_at", sa.DateTime(timezone=True)),
    sa.Column("reply_to", sa.BigInteger),
    sa.PrimaryKeyConstraint("room_id", "seq"),
    sa.UniqueConstraint("room_id", "rev"),
    sa.UniqueConstraint("room_id", "author_id", "client_id"),
    sa.ForeignKeyConstraint(["room_id", "reply_to"], ["messages.room_id", "messages.seq"]),
    sa.Index(None, "room_id", "reply_to", postgresql_where=sa.text("reply_to IS NOT NULL")),
    # for those that do not count as unread: the few that were deleted, and one's own
    sa.Index(None, "room_id", "seq", postgresql_where=sa.text("deleted_at IS NOT NULL")),
    # Partial, or a plan that is kept might look here for what the unique key above finds at once.
    sa.Index(None, "author_id", "room_id", "seq", postgresql_where=sa.text("deleted_at IS NULL")),
    length("body", most=4000),
)

# Who is called by a message: a member of its room, or everybody there, as 0, which is why `user_id` names no table.
mentions = table(
    "mentions",
    *of_message(),
    sa.Column("user_id", sa.BigInteger, nullable=False),
    sa.PrimaryKeyConstraint("room_id", "seq", "user_id"),
    sa.Index(None, "user_id", "room_id", "seq"),
)

reactions = table(
    "reactions",
    *of_message(),
    sa.Column("emoji", sa.Text, nullable=False),
    user_id(index=True),
    created_at(),
    sa.PrimaryKeyConstraint("room_id", "seq", "emoji", "user_id"),
    length("emoji", least=1, most=32),
)

# Edits, deletions and reactions of the last day, by the id that their client made: one that is sent again, while the
# first attempt still waits somewhere, must not be made again after a later one. `rev` is that of its ack.
changes = table(
    "changes",
    room_id(),
    user_id(index=True),
    sa.Column("client_id", sa.Uuid, nullable=False),
    sa.Column("rev", sa.BigInteger, nullable=False),
    created_at(),
    sa.PrimaryKeyConstraint("room_id", "user_id", "client_id"),
    sa.Index(None, "created_at"),  # for the sweep
)
