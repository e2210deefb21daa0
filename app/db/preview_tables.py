"""The table of previews: what stands behind the first link of a message, as far as it is known."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    func,
    text,
)

from app.db.metadata import metadata

# A `wanted` one is taken at `due_at` by any process, which moves that on: it is taken again where the process died.
# `url` is empty where the message has no link any more, and the preview that people see is to go.
previews = Table(
    "previews",
    metadata,
    Column("room_id", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("url", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="wanted"),
    Column("tries", SmallInteger, nullable=False, server_default=text("0")),
    Column("due_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("title", Text),  # NULL: nobody has seen a preview
    Column("description", Text, nullable=False, server_default=""),
    Column("site", Text, nullable=False, server_default=""),
    Column("picture_id", ForeignKey("blobs.id"), index=True),
    Column("width", Integer),
    Column("height", Integer),
    PrimaryKeyConstraint("room_id", "seq"),
    ForeignKeyConstraint(["room_id", "seq"], ["messages.room_id", "messages.seq"], ondelete="CASCADE"),
    CheckConstraint("state IN ('wanted', 'made', 'none', 'hidden')", name="state"),
    CheckConstraint("state <> 'made' OR title IS NOT NULL", name="title"),
    CheckConstraint("width > 0 AND height > 0", name="dimensions"),
    Index(None, "due_at", postgresql_where=text("state = 'wanted'")),
)
