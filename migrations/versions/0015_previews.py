"""What stands behind the links of messages."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "previews",
        sa.Column("room_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="wanted", nullable=False),
        sa.Column("tries", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("title", sa.Text()),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("site", sa.Text(), server_default="", nullable=False),
        sa.Column("picture_id", sa.BigInteger()),
        sa.Column("width", sa.Integer()),
        sa.Column("height", sa.Integer()),
        sa.CheckConstraint("state <> 'made' OR title IS NOT NULL", name=op.f("previews_title_check")),
        sa.CheckConstraint("state IN ('wanted', 'made', 'none', 'hidden')", name=op.f("previews_state_check")),
        sa.CheckConstraint("width > 0 AND height > 0", name=op.f("previews_dimensions_check")),
        sa.ForeignKeyConstraint(["picture_id"], ["blobs.id"], name=op.f("previews_picture_id_fkey")),
        sa.ForeignKeyConstraint(
            ["room_id", "seq"],
            ["messages.room_id", "messages.seq"],
            name=op.f("previews_room_id_seq_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("room_id", "seq", name=op.f("previews_pkey")),
    )
    op.create_index(op.f("previews_due_at_idx"), "previews", ["due_at"], postgresql_where=sa.text("state = 'wanted'"))
    op.create_index(op.f("previews_picture_id_idx"), "previews", ["picture_id"])


def downgrade() -> None:
    op.drop_table("previews")
