"""A name for the chat, invitations, and colours of avatars."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("instance", sa.Column("name", sa.Text(), server_default="Parley", nullable=False))
    op.add_column("instance", sa.Column("open_sign_up", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.add_column("instance", sa.Column("welcomed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f("instance_name_length_check"), "instance", "char_length(name) BETWEEN 1 AND 64")
    op.add_column("users", sa.Column("hue", sa.SmallInteger(), nullable=True))
    op.create_check_constraint(op.f("users_hue_check"), "users", "hue BETWEEN 0 AND 11")
    op.create_index("users_name_idx", "users", [sa.text("lower(display_name)"), "id"])
    op.create_table(
        "invitations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("max_uses", sa.BigInteger(), nullable=True),
        sa.Column("uses", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("max_uses > 0", name=op.f("invitations_max_uses_check")),
        sa.CheckConstraint("uses >= 0 AND (max_uses IS NULL OR uses <= max_uses)", name=op.f("invitations_uses_check")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name=op.f("invitations_created_by_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("invitations_pkey")),
        sa.UniqueConstraint("token_hash", name=op.f("invitations_token_hash_key")),
    )
    op.create_index(op.f("invitations_created_by_idx"), "invitations", ["created_by"])


def downgrade() -> None:
    op.drop_table("invitations")
    op.drop_index("users_name_idx", table_name="users")
    op.drop_column("users", "hue")
    op.drop_column("instance", "welcomed_at")
    op.drop_column("instance", "open_sign_up")
    op.drop_column("instance", "name")
