"""A name for the chat, invitations, and colours of avatars."""

import sqlalchemy as sa
from alembic import op

from migrations.steps import create_index, create_table, moment, numbered_id, numbers, of_user

revision, down_revision = "0004", "0003"


def upgrade() -> None:
    op.add_column("instance", sa.Column("name", sa.Text(), server_default="Parley", nullable=False))
    op.add_column("instance", sa.Column("open_sign_up", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.add_column("instance", sa.Column("welcomed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f("instance_name_length_check"), "instance", "char_length(name) BETWEEN 1 AND 64")
    op.add_column("users", sa.Column("hue", sa.SmallInteger(), nullable=True))
    op.create_check_constraint(op.f("users_hue_check"), "users", "hue BETWEEN 0 AND 11")
    op.create_index("users_name_idx", "users", [sa.text("lower(display_name)"), "id"])
    create_table(
        "invitations",
        numbered_id(),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        *numbers("created_by"),
        moment("created_at"),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("max_uses", sa.BigInteger(), nullable=True),
        sa.Column("uses", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("max_uses > 0", name="max_uses"),
        sa.CheckConstraint("uses >= 0 AND (max_uses IS NULL OR uses <= max_uses)", name="uses"),
        of_user("created_by"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    create_index("invitations", "created_by")


def downgrade() -> None:
    op.drop_table("invitations")
    op.drop_index("users_name_idx", table_name="users")
    op.drop_column("users", "hue")
    op.drop_column("instance", "welcomed_at")
    op.drop_column("instance", "open_sign_up")
    op.drop_column("instance", "name")
