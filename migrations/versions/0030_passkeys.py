"""Passkeys: a person signs in with them, and a session ends with the one by which it began."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    now = sa.func.clock_timestamp()
    op.create_table(
        "passkeys",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("user_handle", sa.LargeBinary(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 64", name=op.f("passkeys_name_length_check")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("passkeys_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("passkeys_pkey")),
        sa.UniqueConstraint("credential_id", name=op.f("passkeys_credential_id_key")),
    )
    op.create_index(op.f("passkeys_user_id_idx"), "passkeys", ["user_id"])
    _create_challenges(now)
    op.add_column("sessions", sa.Column("passkey_id", sa.BigInteger(), nullable=True))
    by = (["passkey_id"], ["id"])
    op.create_foreign_key(op.f("sessions_passkey_id_fkey"), "sessions", "passkeys", *by, ondelete="CASCADE")
    op.create_index(op.f("sessions_passkey_id_idx"), "sessions", ["passkey_id"])


def _create_challenges(now: sa.sql.elements.ColumnElement[object]) -> None:
    kinds = "purpose IN ('add', 'enter', 'second')"
    user = (["user_id"], ["users.id"])
    op.create_table(
        "passkey_challenges",
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("user_handle", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.CheckConstraint(kinds, name=op.f("passkey_challenges_purpose_check")),
        sa.CheckConstraint("(purpose = 'enter') = (user_id IS NULL)", name=op.f("passkey_challenges_user_check")),
        sa.CheckConstraint(
            "(purpose = 'add') = (user_handle IS NOT NULL)", name=op.f("passkey_challenges_user_handle_check")
        ),
        sa.ForeignKeyConstraint(*user, name=op.f("passkey_challenges_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("challenge", name=op.f("passkey_challenges_pkey")),
    )
    op.create_index(op.f("passkey_challenges_user_id_idx"), "passkey_challenges", ["user_id"])
    op.create_index(op.f("passkey_challenges_created_at_idx"), "passkey_challenges", ["created_at"])


def downgrade() -> None:
    op.drop_column("sessions", "passkey_id")
    op.drop_table("passkey_challenges")
    op.drop_table("passkeys")
