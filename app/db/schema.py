"""Every table on one page. Alembic's migrations follow this file; `alembic check` holds the two together.

Constraints live here, not only in Python, and every one has a name by the convention below: a violation is matched
by that name. Times are set by the server.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.engine.default import DefaultExecutionContext

from app.base.folding import person_key, search_key
from app.db.file_tables import attachments, blobs, chunks, files, leftovers
from app.db.metadata import created_at, metadata
from app.db.preview_tables import previews
from app.db.search_tables import search, search_heads, search_segments

__all__ = ["attachments", "blobs", "chunks", "files", "leftovers", "metadata", "previews"]
__all__ += ["search", "search_heads", "search_segments"]


def _person_key(context: DefaultExecutionContext) -> str:
    """Of somebody who is inserted; who changes a name changes the key with it."""
    person = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return person_key(person["display_name"], person["login"])


def _room_key(context: DefaultExecutionContext) -> str:
    """Of a room that is inserted, as `_person_key`."""
    room = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return search_key(room.get("name") or "", room.get("topic") or "")


# One row. `epoch` names this history: a restored backup gets another one, and every client then loads anew.
# `welcomed_at` is when an admin first set this chat up, or said that it may stay as it is.
# `lists_rev` numbers the changes of what stands in people's lists of rooms. It is raised first in the transaction that
# changes that, and stamped on the room or the people concerned: one look finds what a process has not seen yet.
# `words_version` says how the terms of `search` were made; where that is not as we make them, they are written anew.
instance = Table(
    "instance",
    metadata,
    Column("id", Boolean, primary_key=True, server_default=text("true")),
    Column("epoch", Uuid, nullable=False, server_default=func.gen_random_uuid()),
    Column("name", Text, nullable=False, server_default="Parley"),
    Column("open_sign_up", Boolean, nullable=False, server_default=text("true")),
    Column("welcomed_at", DateTime(timezone=True)),
    Column("lists_rev", BigInteger, nullable=False, server_default=text("0")),
    Column("words_version", BigInteger, nullable=False, server_default=text("0")),
    CheckConstraint("id", name="single_row"),
    CheckConstraint("char_length(name) BETWEEN 1 AND 64", name="name_length"),
)

users = Table(
    "users",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("login", Text, nullable=False),  # NFKC, casefolded
    Column("display_name", Text, nullable=False),
    Column("email", Text),  # lower case
    Column("password_hash", Text, nullable=False),
    Column("role", Text, nullable=False, server_default="member"),
    created_at(),
    Column("disabled_at", DateTime(timezone=True)),
    Column("hue", SmallInteger),  # of the avatar; NULL: by the id
    Column("avatar_id", ForeignKey("blobs.id"), index=True),  # its picture, a small square; NULL: letters on the hue
    Column("lists_rev", BigInteger, nullable=False, server_default=text("0"), index=True),
    Column("search_key", Text, nullable=False, server_default="", default=_person_key),  # see app/base/folding.py
    UniqueConstraint("login"),
    UniqueConstraint("email"),
    CheckConstraint("role IN ('member', 'admin')", name="role"),
    CheckConstraint("char_length(login) BETWEEN 3 AND 32", name="login_length"),
    CheckConstraint("char_length(display_name) BETWEEN 1 AND 64", name="display_name_length"),
    CheckConstraint("hue BETWEEN 0 AND 11", name="hue"),
    Index(None, "search_key", "id"),  # the list of people, page by page
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("token_hash", LargeBinary, nullable=False),  # SHA-256 of the token in the cookie
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    created_at(),
    Column("seen_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("user_agent", Text, nullable=False, server_default=""),
    Column("address", Text, nullable=False, server_default=""),
    UniqueConstraint("token_hash"),
)

# Links that let people in. Whoever has the token may create an account; only its SHA-256 is kept.
invitations = Table(
    "invitations",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("token_hash", LargeBinary, nullable=False),
    Column("created_by", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    created_at(),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("max_uses", BigInteger),  # NULL: as many as come
    Column("uses", BigInteger, nullable=False, server_default=text("0")),
    Column("revoked_at", DateTime(timezone=True)),
    UniqueConstraint("token_hash"),
    CheckConstraint("max_uses > 0", name="max_uses"),
    CheckConstraint("uses >= 0 AND (max_uses IS NULL OR uses <= max_uses)", name="uses"),
)

# Wrong passwords of late, for throttling; a successful login removes its account's. Accounts created of late are
# counted here too, as "sign-up:<network>" without an address.
login_failures = Table(
    "login_failures",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("account", Text, nullable=False),  # "user:3", or "name:…" of a login that does not exist
    Column("address", Text, nullable=False),
    created_at(),
    Index(None, "account", "created_at"),
    Index(None, "address", "created_at"),
    Index(None, "created_at"),
)

# `last_seq` numbers messages and `last_rev` numbers changes, both 1, 2, 3 … without a gap. They are raised in the
# transaction that writes the message: the row lock makes commit order equal numbering order, and a rollback leaves no
# gap. A sequence can do neither.
rooms = Table(
    "rooms",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False, server_default="open"),
    Column("name", Text, nullable=False, server_default=""),
    Column("topic", Text, nullable=False, server_default=""),
    Column("name_key", Text),  # NFKC, casefolded; of living rooms that have a name
    Column("search_key", Text, nullable=False, server_default="", default=_room_key),  # of name and topic
    Column("direct_key", Text),  # the ids of its people, rising, joined by "-"
    Column("for_everyone", Boolean, nullable=False, server_default=text("false")),  # new accounts join it
    Column("creator_id", ForeignKey("users.id", ondelete="SET NULL"), index=True),
    Column("last_seq", BigInteger, nullable=False, server_default=text("0")),
    Column("last_rev", BigInteger, nullable=False, server_default=text("0")),
    Column("lists_rev", BigInteger, nullable=False, server_default=text("0"), index=True),
    created_at(),
    Column("archived_at", DateTime(timezone=True)),
    UniqueConstraint("name_key"),
    UniqueConstraint("direct_key"),
    CheckConstraint("kind IN ('open', 'closed', 'direct')", name="kind"),
    CheckConstraint("char_length(name) <= 64", name="name_length"),
    CheckConstraint("char_length(topic) <= 250", name="topic_length"),
    CheckConstraint("last_rev >= last_seq", name="rev_covers_seq"),
)

memberships = Table(
    "memberships",
    metadata,
    Column("room_id", ForeignKey("rooms.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("read_seq", BigInteger, nullable=False, server_default=text("0")),
    Column("level", Text, nullable=False, server_default="all"),
    Column("joined_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    PrimaryKeyConstraint("room_id", "user_id"),
    CheckConstraint("level IN ('all', 'mentions', 'muted')", name="level"),
)

messages = Table(
    "messages",
    metadata,
    Column("room_id", ForeignKey("rooms.id", ondelete="CASCADE"), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("rev", BigInteger, nullable=False),
    Column("author_id", ForeignKey("users.id"), nullable=False),
    Column("client_id", Uuid, nullable=False),
    Column("body", Text, nullable=False),
    created_at(),
    Column("edited_at", DateTime(timezone=True)),
    Column("deleted_at", DateTime(timezone=True)),
    Column("reply_to", BigInteger),
    PrimaryKeyConstraint("room_id", "seq"),
    UniqueConstraint("room_id", "rev"),
    UniqueConstraint("room_id", "author_id", "client_id"),
    ForeignKeyConstraint(["room_id", "reply_to"], ["messages.room_id", "messages.seq"]),
    Index(None, "room_id", "reply_to", postgresql_where=text("reply_to IS NOT NULL")),
    # for those that do not count as unread: the few that were deleted, and one's own
    Index(None, "room_id", "seq", postgresql_where=text("deleted_at IS NOT NULL")),
    # Partial, or a plan that is kept might look here for what the unique key above finds at once.
    Index(None, "author_id", "room_id", "seq", postgresql_where=text("deleted_at IS NULL")),
    CheckConstraint("char_length(body) <= 4000", name="body_length"),
)

# Who is called by a message: a member of its room, or everybody there, as 0, which is why `user_id` names no table.
mentions = Table(
    "mentions",
    metadata,
    Column("room_id", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    PrimaryKeyConstraint("room_id", "seq", "user_id"),
    ForeignKeyConstraint(["room_id", "seq"], ["messages.room_id", "messages.seq"], ondelete="CASCADE"),
    Index(None, "user_id", "room_id", "seq"),
)

reactions = Table(
    "reactions",
    metadata,
    Column("room_id", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("emoji", Text, nullable=False),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    created_at(),
    PrimaryKeyConstraint("room_id", "seq", "emoji", "user_id"),
    ForeignKeyConstraint(["room_id", "seq"], ["messages.room_id", "messages.seq"], ondelete="CASCADE"),
    CheckConstraint("char_length(emoji) BETWEEN 1 AND 32", name="emoji_length"),
)

# Edits, deletions and reactions of the last day, by the id that their client made: one that is sent again, while the
# first attempt still waits somewhere, must not be made again after a later one. `rev` is that of its ack.
changes = Table(
    "changes",
    metadata,
    Column("room_id", ForeignKey("rooms.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("client_id", Uuid, nullable=False),
    Column("rev", BigInteger, nullable=False),
    created_at(),
    PrimaryKeyConstraint("room_id", "user_id", "client_id"),
)
