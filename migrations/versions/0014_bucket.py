"""Bytes of files may be kept in a bucket."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("blobs", sa.Column("object", sa.Text()))
    op.create_check_constraint(op.f("blobs_object_check"), "blobs", "(place = 'bucket') = (object IS NOT NULL)")
    op.create_index(op.f("blobs_id_idx"), "blobs", ["id"], postgresql_where=sa.text("place = 'database'"))
    now = sa.text("clock_timestamp()")
    op.create_table(
        "leftovers",
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.PrimaryKeyConstraint("object", name=op.f("leftovers_pkey")),
    )


def downgrade() -> None:
    op.drop_table("leftovers")
    op.drop_index(op.f("blobs_id_idx"), table_name="blobs")
    op.drop_constraint(op.f("blobs_object_check"), "blobs")
    op.drop_column("blobs", "object")
