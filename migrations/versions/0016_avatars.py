"""People may have a picture in place of letters on a colour."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("users", sa.Column("avatar_id", sa.BigInteger()))
    op.create_foreign_key(op.f("users_avatar_id_fkey"), "users", "blobs", ["avatar_id"], ["id"])
    op.create_index(op.f("users_avatar_id_idx"), "users", ["avatar_id"])


def downgrade() -> None:
    op.drop_index(op.f("users_avatar_id_idx"), "users")
    op.drop_constraint(op.f("users_avatar_id_fkey"), "users", type_="foreignkey")
    op.drop_column("users", "avatar_id")
