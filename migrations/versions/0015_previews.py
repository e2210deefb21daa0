"""What stands behind the links of messages."""

import sqlalchemy as sa
from alembic import op

from migrations.steps import create_index, create_table, moment, numbers, of_message, texts

revision, down_revision = "0015", "0014"


def upgrade() -> None:
    create_table(
        "previews",
        *numbers("room_id", "seq"),
        *texts("url"),
        sa.Column("state", sa.Text(), server_default="wanted", nullable=False),
        sa.Column("tries", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        moment("due_at"),
        sa.Column("title", sa.Text()),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("site", sa.Text(), server_default="", nullable=False),
        sa.Column("picture_id", sa.BigInteger()),
        sa.Column("width", sa.Integer()),
        sa.Column("height", sa.Integer()),
        sa.CheckConstraint("state <> 'made' OR title IS NOT NULL", name="title"),
        sa.CheckConstraint("state IN ('wanted', 'made', 'none', 'hidden')", name="state"),
        sa.CheckConstraint("width > 0 AND height > 0", name="dimensions"),
        sa.ForeignKeyConstraint(["picture_id"], ["blobs.id"]),
        of_message(),
        sa.PrimaryKeyConstraint("room_id", "seq"),
    )
    create_index("previews", "due_at", where="state = 'wanted'")
    create_index("previews", "picture_id")


def downgrade() -> None:
    op.drop_table("previews")
