"""The tables of files: what people gave, its bytes, and which messages carry it.

Bytes that are whole stand once for a server, whoever gave them, by their SHA-256. They never change.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
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

from app.db.metadata import created_at, metadata

# `place`: where the bytes are; those that are still on their way are always in the database.
blobs = Table(
    "blobs",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("sha256", LargeBinary),  # NULL: not whole yet
    Column("size", BigInteger, nullable=False, server_default=text("0")),
    Column("place", Text, nullable=False, server_default="database"),
    Column("object", Text),  # what it is called in the bucket
    created_at(),
    UniqueConstraint("sha256"),
    CheckConstraint("size >= 0", name="size"),
    CheckConstraint("octet_length(sha256) = 32", name="sha256_length"),
    CheckConstraint("place IN ('database', 'bucket')", name="place"),
    CheckConstraint("(place = 'bucket') = (object IS NOT NULL)", name="object"),
    Index(None, "id", postgresql_where=text("place = 'database'")),  # what may move to the bucket
)

# The bytes of a blob; `begins` is the offset of the first byte. Stored as they are (the migration sets EXTERNAL), as
# most files are compressed already.
chunks = Table(
    "chunks",
    metadata,
    Column("blob_id", ForeignKey("blobs.id", ondelete="CASCADE"), nullable=False),
    Column("begins", BigInteger, nullable=False),
    Column("data", LargeBinary, nullable=False),
    PrimaryKeyConstraint("blob_id", "begins"),
)

# Objects in the bucket that no blob points to, or not yet: written down before one is put there, so that whoever dies
# leaves none that nobody would delete. No name is used twice.
leftovers = Table(
    "leftovers",
    metadata,
    Column("object", Text, primary_key=True),
    Column("since", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
)

# What a person gave. `id` is made by the page. `type`, `kind`, width and height are what the bytes say, not the page:
# set together with `whole_at`, before which no message may carry it.
files = Table(
    "files",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("owner_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False, server_default=text("0")),
    Column("type", Text, nullable=False, server_default="application/octet-stream"),
    Column("kind", Text, nullable=False, server_default="file"),
    Column("width", Integer),
    Column("height", Integer),
    Column("placeholder", Text),  # a tiny WebP in Base64
    Column("alt", Text, nullable=False, server_default=""),
    Column("reason", Text),  # why a picture is shown as a file
    Column("blob_id", ForeignKey("blobs.id"), index=True),  # what is received, then the original as it is served
    Column("small_id", ForeignKey("blobs.id"), index=True),
    Column("large_id", ForeignKey("blobs.id"), index=True),
    created_at(),
    Column("whole_at", DateTime(timezone=True)),
    CheckConstraint("char_length(name) BETWEEN 1 AND 255", name="name_length"),
    CheckConstraint("received BETWEEN 0 AND size", name="received"),
    CheckConstraint("kind IN ('picture', 'video', 'audio', 'text', 'file')", name="kind"),
    CheckConstraint("char_length(alt) <= 1000", name="alt_length"),
    CheckConstraint("char_length(placeholder) <= 1000", name="placeholder_length"),
    CheckConstraint("width > 0 AND height > 0", name="dimensions"),
    Index(None, "created_at"),  # for the sweep
)

# That a message carries a file.
attachments = Table(
    "attachments",
    metadata,
    Column("room_id", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("position", SmallInteger, nullable=False),
    Column("file_id", ForeignKey("files.id"), nullable=False, index=True),
    PrimaryKeyConstraint("room_id", "seq", "position"),
    ForeignKeyConstraint(["room_id", "seq"], ["messages.room_id", "messages.seq"], ondelete="CASCADE"),
)
