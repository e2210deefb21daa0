"""Files that people give, their bytes, and the messages that carry them."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    _create_blobs()
    _create_files()
    _create_attachments()


def _created_at() -> sa.Column[object]:
    now = sa.text("clock_timestamp()")
    return sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False)


def _create_blobs() -> None:
    op.create_table(
        "blobs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("sha256", sa.LargeBinary()),
        sa.Column("size", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("place", sa.Text(), server_default="database", nullable=False),
        _created_at(),
        sa.CheckConstraint("place IN ('database', 'bucket')", name=op.f("blobs_place_check")),
        sa.CheckConstraint("octet_length(sha256) = 32", name=op.f("blobs_sha256_length_check")),
        sa.CheckConstraint("size >= 0", name=op.f("blobs_size_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("blobs_pkey")),
        sa.UniqueConstraint("sha256", name=op.f("blobs_sha256_key")),
    )
    op.create_table(
        "chunks",
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("blob_id", "begins")),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["blob_id"], ["blobs.id"], name=op.f("chunks_blob_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("blob_id", "begins", name=op.f("chunks_pkey")),
    )
    op.execute("ALTER TABLE chunks ALTER COLUMN data SET STORAGE EXTERNAL")  # most files are compressed already


def _create_files() -> None:
    op.create_table(
        "files",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("owner_id", "size")),
        sa.Column("received", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), server_default="application/octet-stream", nullable=False),
        sa.Column("kind", sa.Text(), server_default="file", nullable=False),
        *(sa.Column(name, sa.Integer()) for name in ("width", "height")),
        sa.Column("placeholder", sa.Text()),
        sa.Column("alt", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text()),
        *(sa.Column(name, sa.BigInteger()) for name in ("blob_id", "small_id", "large_id")),
        _created_at(),
        sa.Column("whole_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("kind IN ('picture', 'video', 'audio', 'text', 'file')", name=op.f("files_kind_check")),
        sa.CheckConstraint("char_length(alt) <= 1000", name=op.f("files_alt_length_check")),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 255", name=op.f("files_name_length_check")),
        sa.CheckConstraint("char_length(placeholder) <= 1000", name=op.f("files_placeholder_length_check")),
        sa.CheckConstraint("received BETWEEN 0 AND size", name=op.f("files_received_check")),
        sa.CheckConstraint("width > 0 AND height > 0", name=op.f("files_dimensions_check")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("files_owner_id_fkey")),
        *(
            sa.ForeignKeyConstraint([name], ["blobs.id"], name=op.f(f"files_{name}_fkey"))
            for name in ("blob_id", "small_id", "large_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("files_pkey")),
    )
    for name in ("owner_id", "created_at", "blob_id", "small_id", "large_id"):
        op.create_index(op.f(f"files_{name}_idx"), "files", [name])


def _create_attachments() -> None:
    message = ["room_id", "seq"]
    op.create_table(
        "attachments",
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in message),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("attachments_file_id_fkey")),
        sa.ForeignKeyConstraint(
            message,
            [f"messages.{name}" for name in message],
            name=op.f("attachments_room_id_seq_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("room_id", "seq", "position", name=op.f("attachments_pkey")),
    )
    op.create_index(op.f("attachments_file_id_idx"), "attachments", ["file_id"])


def downgrade() -> None:
    for table in ("attachments", "files", "chunks", "blobs"):
        op.drop_table(table)
