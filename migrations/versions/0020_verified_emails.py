"""An e-mail address belongs to whoever verified it; until then any account may have typed it."""

import sqlalchemy as sa
from alembic import op

from migrations.steps import create_index

revision, down_revision = "0020", "0019"


def upgrade() -> None:
    op.add_column("users", sa.Column("email_verified_at", sa.DateTime(timezone=True)))
    op.drop_constraint(op.f("users_email_key"), "users")
    create_index("users", "email")
    op.create_index(
        "users_verified_email_key",
        "users",
        ["email"],
        unique=True,
        postgresql_where=sa.text("email_verified_at IS NOT NULL"),
    )


def downgrade() -> None:
    # Of several accounts with one address, who verified it keeps it, else the first.
    op.execute(
        """
        UPDATE users SET email = NULL WHERE id IN (
            SELECT id FROM (
                SELECT id, row_number() OVER (PARTITION BY email ORDER BY email_verified_at NULLS LAST, id) AS place
                FROM users WHERE email IS NOT NULL
            ) AS ranked WHERE place > 1
        )
        """
    )
    op.drop_index("users_verified_email_key", "users")
    op.drop_index(op.f("users_email_idx"), "users")
    op.create_unique_constraint(op.f("users_email_key"), "users", ["email"])
    op.drop_column("users", "email_verified_at")
