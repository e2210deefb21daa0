"""The tables of files: what people gave, its bytes, and which messages carry it.

Bytes that are whole stand once for a server, whoever gave them, by their SHA-256. They never change.
"""

import sqlalchemy as sa

from app.db.tables.metadata import created_at, from_zero, length, moment, numbered_id, of_message, one_of, table

# `place`: where the bytes are; those that are still on their way are always in the database.
blobs = table(
    "blobs",
    numbered_id(),
    sa.Column("sha256", sa.LargeBinary),  # NULL: not whole yet
    from_zero("size"),
    sa.Column("place", sa.Text, nullable=False, server_default="database"),
    sa.Column("object", sa.Text),  # what it is called in the bucket
    created_at(),
    sa.UniqueConstraint("sha256"),
    sa.CheckConstraint("size >= 0", name="size"),
    sa.CheckConstraint("octet_length(sha256) = 32", name="sha256_length"),
    one_of("place", "database", "bucket"),
    sa.CheckConstraint("(place = 'bucket') = (object IS NOT NULL)", name="object"),
    sa.Index(None, "id", postgresql_where=sa.text("place = 'database'")),  # what may move to the bucket
)

# The bytes of a blob; `begins` is the offset of the first byte. Stored as they are (the migration sets EXTERNAL), as
# most files are compressed already.
chunks = table(
    "chunks",
    sa.Column("blob_id", sa.ForeignKey("blobs.id", ondelete="CASCADE"), nullable=False),
    sa.Column("begins", sa.BigInteger, nullable=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
    sa.PrimaryKeyConstraint("blob_id", "begins"),
)

# Objects in the bucket that no blob points to, or not yet: written down before one is put there, so that whoever dies
# leaves none that nobody would delete. No name is used twice.
leftovers = table(
    "leftovers",
    sa.Column("object", sa.Text, primary_key=True),
    moment("since"),
)

# How many bytes are kept and announced: the sum of its rows. Triggers of the migration write a row for each change of
# `blobs` and of `files`, whoever makes it, in the same transaction; `space_taken` sums them up now and then. So nobody
# waits for anybody, as they would for one row that all change.
space_taken = table("space_taken", sa.Column("bytes", sa.BigInteger, nullable=False))
# Whoever empties all tables ends with it.
blobs.add_is_dependent_on(space_taken)

# What a person gave. `id` is made by the page. `type`, `kind`, width and height are what the bytes say, not the page:
# set together with `whole_at`, before which no message may carry it.
files = table(
    "files",
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("owner_id", sa.ForeignKey("users.id"), nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    from_zero("received"),
    sa.Column("type", sa.Text, nullable=False, server_default="application/octet-stream"),
    sa.Column("kind", sa.Text, nullable=False, server_default="file"),
    sa.Column("width", sa.Integer),
    sa.Column("height", sa.Integer),
    sa.Column("placeholder", sa.Text),  # a tiny WebP in Base64
    sa.Column("alt", sa.Text, nullable=False, server_default=""),
    sa.Column("reason", sa.Text),  # why a picture is shown as a file
    sa.Column("blob_id", sa.ForeignKey("blobs.id"), index=True),  # what is received, then the original as it is served
    sa.Column("small_id", sa.ForeignKey("blobs.id"), index=True),
    sa.Column("large_id", sa.ForeignKey("blobs.id"), index=True),
    created_at(),
    sa.Column("whole_at", sa.DateTime(timezone=True)),
    length("name", least=1, most=255),
    sa.CheckConstraint("received BETWEEN 0 AND size", name="received"),
    one_of("kind", "picture", "video", "audio", "text", "file"),
    length("alt", most=1000),
    length("placeholder", most=1000),
    sa.CheckConstraint("width > 0 AND height > 0", name="dimensions"),
    sa.Index(None, "created_at"),  # for the sweep
)

files.add_is_dependent_on(space_taken)

# That a message carries a file.
attachments = table(
    "attachments",
    *of_message(),
    sa.Column("position", sa.SmallInteger, nullable=False),
    sa.Column("file_id", sa.ForeignKey("files.id"), nullable=False, index=True),
    sa.PrimaryKeyConstraint("room_id", "seq", "position"),
)
