"""Links by which people choose a new password and confirm their address."""

import sqlalchemy as sa
from alembic import op

from migrations.steps import create_index, create_table, moment, numbered_id, numbers, of_user, texts

revision, down_revision = "0019", "0018"


def upgrade() -> None:
    create_table(
        "account_links",
        numbered_id(),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        *numbers("user_id"),
        *texts("purpose"),
        sa.Column("email", sa.Text()),
        moment("created_at"),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("purpose IN ('password', 'email')", name="purpose"),
        sa.CheckConstraint("purpose <> 'email' OR email IS NOT NULL", name="email"),
        of_user(),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    create_index("account_links", "user_id")


def downgrade() -> None:
    op.drop_table("account_links")
