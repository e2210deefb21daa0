"""The table of previews: what stands behind the first link of a message, as far as it is known."""

import sqlalchemy as sa

from app.db.tables.metadata import moment, of_message, one_of, table

# A `wanted` one is taken at `due_at` by any process, which moves that on: it is taken again where the process died.
# `url` is empty where the message has no link any more, and the preview that people see is to go.
previews = table(
    "previews",
    *of_message(),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False, server_default="wanted"),
    sa.Column("tries", sa.SmallInteger, nullable=False, server_default=sa.text("0")),
    moment("due_at"),
    sa.Column("title", sa.Text),  # NULL: nobody has seen a preview
    sa.Column("description", sa.Text, nullable=False, server_default=""),
    sa.Column("site", sa.Text, nullable=False, server_default=""),
    sa.Column("picture_id", sa.ForeignKey("blobs.id"), index=True),
    sa.Column("width", sa.Integer),
    sa.Column("height", sa.Integer),
    sa.PrimaryKeyConstraint("room_id", "seq"),
    one_of("state", "wanted", "made", "none", "hidden"),
    sa.CheckConstraint("state <> 'made' OR title IS NOT NULL", name="title"),
    sa.CheckConstraint("width > 0 AND height > 0", name="dimensions"),
    sa.Index(None, "due_at", postgresql_where=sa.text("state = 'wanted'")),
)
