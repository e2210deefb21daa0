"""Accounts, sessions, rooms and messages, and the Lobby."""

import sqlalchemy as sa
from alembic import op

from migrations.steps import create_index, create_table, moment, numbered_id, numbers, of_room, of_user, texts

revision, down_revision = "0001", None


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
    create_table(
        "instance",
        sa.Column("id", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("epoch", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.CheckConstraint("id", name="single_row"),
        sa.PrimaryKeyConstraint("id"),
    )


def create_login_failures() -> None:
    create_table(
        "login_failures",
        numbered_id(),
        *texts("account", "address"),
        moment("created_at"),
        sa.PrimaryKeyConstraint("id"),
    )
    create_index("login_failures", "account", "created_at")
    create_index("login_failures", "address", "created_at")
    create_index("login_failures", "created_at")


def create_rooms() -> None:
    create_table(
        "rooms",
        numbered_id(),
        sa.Column("kind", sa.Text(), server_default="open", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("topic", sa.Text(), server_default="", nullable=False),
        sa.Column("direct_key", sa.Text(), nullable=True),
        sa.Column("last_seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_rev", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        moment("created_at"),
        sa.CheckConstraint("kind IN ('open', 'closed', 'direct')", name="kind"),
        sa.CheckConstraint("last_rev >= last_seq", name="rev_covers_seq"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("direct_key"),
    )


def create_users() -> None:
    create_table(
        "users",
        numbered_id(),
        *texts("login", "display_name"),
        sa.Column("email", sa.Text(), nullable=True),
        *texts("password_hash"),
        sa.Column("role", sa.Text(), server_default="member", nullable=False),
        moment("created_at"),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role IN ('member', 'admin')", name="role"),
        sa.CheckConstraint("char_length(display_name) BETWEEN 1 AND 64", name="display_name_length"),
        sa.CheckConstraint("char_length(login) BETWEEN 3 AND 32", name="login_length"),
        sa.PrimaryKeyConstraint("id"),
        *(sa.UniqueConstraint(name) for name in ("email", "login")),
    )


def create_memberships() -> None:
    create_table(
        "memberships",
        *numbers("room_id", "user_id"),
        sa.Column("read_seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("level", sa.Text(), server_default="all", nullable=False),
        moment("joined_at"),
        sa.CheckConstraint("level IN ('all', 'mentions', 'muted')", name="level"),
        of_room(),
        of_user(),
        sa.PrimaryKeyConstraint("room_id", "user_id"),
    )
    create_index("memberships", "user_id")


def create_messages() -> None:
    create_table(
        "messages",
        *numbers("room_id", "seq", "rev", "author_id"),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        *texts("body"),
        moment("created_at"),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reply_to", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("char_length(body) <= 4000", name="body_length"),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"]),
        sa.ForeignKeyConstraint(["room_id", "reply_to"], ["messages.room_id", "messages.seq"]),
        of_room(),
        sa.PrimaryKeyConstraint("room_id", "seq"),
        sa.UniqueConstraint("room_id", "author_id", "client_id"),
        sa.UniqueConstraint("room_id", "rev"),
    )
    create_index("messages", "author_id")
    create_index("messages", "room_id", "reply_to", where="reply_to IS NOT NULL")


def create_sessions() -> None:
    create_table(
        "sessions",
        numbered_id(),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        *numbers("user_id"),
        moment("created_at"),
        moment("seen_at"),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_agent", sa.Text(), server_default="", nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        of_user(),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    create_index("sessions", "user_id")
