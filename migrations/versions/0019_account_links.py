"""Links by which people choose a new password and confirm their address."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "account_links",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("email", sa.Text()),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("purpose IN ('password', 'email')", name=op.f("account_links_purpose_check")),
        sa.CheckConstraint("purpose <> 'email' OR email IS NOT NULL", name=op.f("account_links_email_check")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("account_links_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("account_links_pkey")),
        sa.UniqueConstraint("token_hash", name=op.f("account_links_token_hash_key")),
    )
    op.create_index(op.f("account_links_user_id_idx"), "account_links", ["user_id"])


def downgrade() -> None:
    op.drop_table("account_links")
