"""Passkeys: a person signs in with them, and a session ends with the one by which it began."""

import sqlalchemy as sa
from alembic import op

from migrations.steps import create_index, create_table, moment, numbered_id, numbers, of_user, texts

revision, down_revision = "0030", "0029"


def upgrade() -> None:
    create_table(
        "passkeys",
        numbered_id(),
        *numbers("user_id"),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        *numbers("sign_count"),
        sa.Column("user_handle", sa.LargeBinary(), nullable=False),
        *texts("host", "name"),
        moment("created_at"),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 64", name="name_length"),
        of_user(),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("credential_id"),
    )
    create_index("passkeys", "user_id")
    _create_challenges()
    op.add_column("sessions", sa.Column("passkey_id", sa.BigInteger(), nullable=True))
    by = (["passkey_id"], ["id"])
    op.create_foreign_key(op.f("sessions_passkey_id_fkey"), "sessions", "passkeys", *by, ondelete="CASCADE")
    create_index("sessions", "passkey_id")


def _create_challenges() -> None:
    kinds = "purpose IN ('add', 'enter', 'second')"
    create_table(
        "passkey_challenges",
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        *texts("purpose"),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("user_handle", sa.LargeBinary(), nullable=True),
        moment("created_at"),
        sa.CheckConstraint(kinds, name="purpose"),
        sa.CheckConstraint("(purpose = 'enter') = (user_id IS NULL)", name="user"),
        sa.CheckConstraint("(purpose = 'add') = (user_handle IS NOT NULL)", name="user_handle"),
        of_user(),
        sa.PrimaryKeyConstraint("challenge"),
    )
    create_index("passkey_challenges", "user_id")
    create_index("passkey_challenges", "created_at")


def downgrade() -> None:
    op.drop_column("sessions", "passkey_id")
    op.drop_table("passkey_challenges")
    op.drop_table("passkeys")
