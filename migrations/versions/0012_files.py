"""Files that people give, their bytes, and the messages that carry them."""

import sqlalchemy as sa
from alembic import op

from migrations.steps import create_index, create_table, moment, numbered_id, numbers, of_message, texts

revision, down_revision = "0012", "0011"


def upgrade() -> None:
    _create_blobs()
    _create_files()
    _create_attachments()


def _create_blobs() -> None:
    create_table(
        "blobs",
        numbered_id(),
        sa.Column("sha256", sa.LargeBinary()),
        sa.Column("size", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("place", sa.Text(), server_default="database", nullable=False),
        moment("created_at"),
        sa.CheckConstraint("place IN ('database', 'bucket')", name="place"),
        sa.CheckConstraint("octet_length(sha256) = 32", name="sha256_length"),
        sa.CheckConstraint("size >= 0", name="size"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sha256"),
    )
    create_table(
        "chunks",
        *numbers("blob_id", "begins"),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["blob_id"], ["blobs.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("blob_id", "begins"),
    )
    op.execute("ALTER TABLE chunks ALTER COLUMN data SET STORAGE EXTERNAL")  # most files are compressed already


def _create_files() -> None:
    create_table(
        "files",
        sa.Column("id", sa.Uuid(), nullable=False),
        *numbers("owner_id", "size"),
        sa.Column("received", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        *texts("name"),
        sa.Column("type", sa.Text(), server_default="application/octet-stream", nullable=False),
        sa.Column("kind", sa.Text(), server_default="file", nullable=False),
        *(sa.Column(name, sa.Integer()) for name in ("width", "height")),
        sa.Column("placeholder", sa.Text()),
        sa.Column("alt", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text()),
        *(sa.Column(name, sa.BigInteger()) for name in ("blob_id", "small_id", "large_id")),
        moment("created_at"),
        sa.Column("whole_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("kind IN ('picture', 'video', 'audio', 'text', 'file')", name="kind"),
        sa.CheckConstraint("char_length(alt) <= 1000", name="alt_length"),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 255", name="name_length"),
        sa.CheckConstraint("char_length(placeholder) <= 1000", name="placeholder_length"),
        sa.CheckConstraint("received BETWEEN 0 AND size", name="received"),
        sa.CheckConstraint("width > 0 AND height > 0", name="dimensions"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"]),
        *(sa.ForeignKeyConstraint([name], ["blobs.id"]) for name in ("blob_id", "small_id", "large_id")),
        sa.PrimaryKeyConstraint("id"),
    )
    for name in ("owner_id", "created_at", "blob_id", "small_id", "large_id"):
        create_index("files", name)


def _create_attachments() -> None:
    create_table(
        "attachments",
        *numbers("room_id", "seq"),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"]),
        of_message(),
        sa.PrimaryKeyConstraint("room_id", "seq", "position"),
    )
    create_index("attachments", "file_id")


def downgrade() -> None:
    for table in ("attachments", "files", "chunks", "blobs"):
        op.drop_table(table)
