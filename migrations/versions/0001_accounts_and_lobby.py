"""Accounts, sessions, rooms and messages, and the Lobby."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def moment(name: str) -> sa.Column[datetime]:
    """When something happened: now, by the database's clock."""
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False)


def upgrade() -> None:
    create_instance()
    create_login_failures()
    create_rooms()
    create_users()
    create_memberships()
    create_messages()
    create_sessions()
    op.execute("INSERT INTO instance DEFAULT VALUES")
    op.execute("INSERT INTO rooms (kind, name, topic) VALUES ('open', 'Lobby', 'Everyone lands here. Say hello.')")


def downgrade() -> None:
    op.drop_table("sessions")
    op.drop_table("messages")
    op.drop_table("memberships")
    op.drop_table("users")
    op.drop_table("rooms")
    op.drop_table("login_failures")
    op.drop_table("instance")


def create_instance() -> None:
    op.create_table(
        "instance",
        sa.Column("id", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("epoch", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.CheckConstraint("id", name=op.f("instance_single_row_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("instance_pkey")),
    )


def create_login_failures() -> None:
    op.create_table(
        "login_failures",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("account", "address")),
        moment("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("login_failures_pkey")),
    )
    op.create_index(op.f("login_failures_account_created_at_idx"), "login_failures", ["account", "created_at"])
    op.create_index(op.f("login_failures_address_created_at_idx"), "login_failures", ["address", "created_at"])
    op.create_index(op.f("login_failures_created_at_idx"), "login_failures", ["created_at"])


def create_rooms() -> None:
    op.create_table(
        "rooms",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), server_default="open", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("topic", sa.Text(), server_default="", nullable=False),
        sa.Column("direct_key", sa.Text(), nullable=True),
        sa.Column("last_seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_rev", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        moment("created_at"),
        sa.CheckConstraint("kind IN ('open', 'closed', 'direct')", name=op.f("rooms_kind_check")),
        sa.CheckConstraint("last_rev >= last_seq", name=op.f("rooms_rev_covers_seq_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("rooms_pkey")),
        sa.UniqueConstraint("direct_key", name=op.f("rooms_direct_key_key")),
    )


def create_users() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("login", "display_name")),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), server_default="member", nullable=False),
        moment("created_at"),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role IN ('member', 'admin')", name=op.f("users_role_check")),
        sa.CheckConstraint("char_length(display_name) BETWEEN 1 AND 64", name=op.f("users_display_name_length_check")),
        sa.CheckConstraint("char_length(login) BETWEEN 3 AND 32", name=op.f("users_login_length_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("users_pkey")),
        *(sa.UniqueConstraint(name, name=op.f(f"users_{name}_key")) for name in ("email", "login")),
    )


def create_memberships() -> None:
    op.create_table(
        "memberships",
        sa.Column("room_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("read_seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("level", sa.Text(), server_default="all", nullable=False),
        moment("joined_at"),
        sa.CheckConstraint("level IN ('all', 'mentions', 'muted')", name=op.f("memberships_level_check")),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("memberships_room_id_fkey"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("memberships_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("room_id", "user_id", name=op.f("memberships_pkey")),
    )
    op.create_index(op.f("memberships_user_id_idx"), "memberships", ["user_id"])


def create_messages() -> None:
    op.create_table(
        "messages",
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("room_id", "seq", "rev", "author_id")),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        moment("created_at"),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reply_to", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("char_length(body) <= 4000", name=op.f("messages_body_length_check")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("messages_author_id_fkey")),
        sa.ForeignKeyConstraint(
            ["room_id", "reply_to"], ["messages.room_id", "messages.seq"], name=op.f("messages_room_id_reply_to_fkey")
        ),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("messages_room_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("room_id", "seq", name=op.f("messages_pkey")),
        sa.UniqueConstraint("room_id", "author_id", "client_id", name=op.f("messages_room_id_author_id_client_id_key")),
        sa.UniqueConstraint("room_id", "rev", name=op.f("messages_room_id_rev_key")),
    )
    op.create_index(op.f("messages_author_id_idx"), "messages", ["author_id"])
    op.create_index(
        op.f("messages_room_id_reply_to_idx"),
        "messages",
        ["room_id", "reply_to"],
        postgresql_where=sa.text("reply_to IS NOT NULL"),
    )


def create_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        moment("created_at"),
        moment("seen_at"),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_agent", sa.Text(), server_default="", nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("sessions_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("sessions_pkey")),
        sa.UniqueConstraint("token_hash", name=op.f("sessions_token_hash_key")),
    )
    op.create_index(op.f("sessions_user_id_idx"), "sessions", ["user_id"])
