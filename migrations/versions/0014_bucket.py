"""Bytes of files may be kept in a bucket."""

import sqlalchemy as sa
from alembic import op

from migrations.steps import create_index, create_table, moment, texts

revision, down_revision = "0014", "0013"


def upgrade() -> None:
    op.add_column("blobs", sa.Column("object", sa.Text()))
    op.create_check_constraint(op.f("blobs_object_check"), "blobs", "(place = 'bucket') = (object IS NOT NULL)")
    create_index("blobs", "id", where="place = 'database'")
    create_table(
        "leftovers",
        *texts("object"),
        moment("since"),
        sa.PrimaryKeyConstraint("object"),
    )


def downgrade() -> None:
    op.drop_table("leftovers")
    op.drop_index(op.f("blobs_id_idx"), table_name="blobs")
    op.drop_constraint(op.f("blobs_object_check"), "blobs")
    op.drop_column("blobs", "object")
