"""People may have a picture in place of letters on a colour."""

import sqlalchemy as sa
from alembic import op

from migrations.steps import create_index

revision, down_revision = "0016", "0015"


def upgrade() -> None:
    op.add_column("users", sa.Column("avatar_id", sa.BigInteger()))
    op.create_foreign_key(op.f("users_avatar_id_fkey"), "users", "blobs", ["avatar_id"], ["id"])
    create_index("users", "avatar_id")


def downgrade() -> None:
    op.drop_index(op.f("users_avatar_id_idx"), "users")
    op.drop_constraint(op.f("users_avatar_id_fkey"), "users", type_="foreignkey")
    op.drop_column("users", "avatar_id")
