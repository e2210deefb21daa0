"""Notices: who wants some in which browsers, which are due, and their way there by push services."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    now = sa.text("clock_timestamp()")
    user = (["user_id"], ["users.id"])
    op.create_table(
        "push_keys",
        sa.Column("id", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("private_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.CheckConstraint("id", name=op.f("push_keys_single_row_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("push_keys_pkey")),
    )
    op.create_table(
        "push_services",
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("rests_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("service", name=op.f("push_services_pkey")),
    )
    op.create_table(
        "notice_settings",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("sound", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("quiet_from", sa.SmallInteger()),
        sa.Column("quiet_until", sa.SmallInteger()),
        sa.Column("zone", sa.Text(), server_default="UTC", nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "(quiet_from IS NULL) = (quiet_until IS NULL)", name=op.f("notice_settings_quiet_both_check")
        ),
        sa.CheckConstraint(
            "quiet_from BETWEEN 0 AND 1439 AND quiet_until BETWEEN 0 AND 1439", name=op.f("notice_settings_quiet_check")
        ),
        sa.ForeignKeyConstraint(*user, name=op.f("notice_settings_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("notice_settings_pkey")),
    )
    _add_ways(now)


def _add_ways(now: sa.TextClause) -> None:
    session, user = (["session_id"], ["sessions.id"]), (["user_id"], ["users.id"])
    op.create_table(
        "notices",
        sa.Column("room_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(*user, name=op.f("notices_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("room_id", "seq", "user_id", name=op.f("notices_pkey")),
    )
    op.create_index(op.f("notices_due_at_idx"), "notices", ["due_at"])
    op.create_index(op.f("notices_user_id_idx"), "notices", ["user_id"])
    op.create_table(
        "notice_browsers",
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("endpoint", sa.Text()),
        sa.Column("service", sa.Text()),
        sa.Column("public_key", sa.LargeBinary()),
        sa.Column("auth_secret", sa.LargeBinary()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.CheckConstraint(
            "num_nulls(endpoint, service, public_key, auth_secret) IN (0, 4)", name=op.f("notice_browsers_keys_check")
        ),
        sa.ForeignKeyConstraint(*session, name=op.f("notice_browsers_session_id_fkey"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(*user, name=op.f("notice_browsers_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("session_id", name=op.f("notice_browsers_pkey")),
        sa.UniqueConstraint("endpoint", name=op.f("notice_browsers_endpoint_key")),
    )
    op.create_index(op.f("notice_browsers_user_id_idx"), "notice_browsers", ["user_id"])
    _add_pushes()


def _add_pushes() -> None:
    session, user = (["session_id"], ["sessions.id"]), (["user_id"], ["users.id"])
    op.create_table(
        "pages_in_use",
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(*session, name=op.f("pages_in_use_session_id_fkey"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(*user, name=op.f("pages_in_use_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pages_in_use_pkey")),
    )
    op.create_index(op.f("pages_in_use_user_id_idx"), "pages_in_use", ["user_id"])
    op.create_table(
        "pushes",
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("room_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["notice_browsers.session_id"], name=op.f("pushes_session_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session_id", "room_id", "seq", name=op.f("pushes_pkey")),
    )
    op.create_index(op.f("pushes_service_due_at_idx"), "pushes", ["service", "due_at"])
    op.add_column("memberships", sa.Column("notify_all", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_index("memberships_notify_all_idx", "memberships", ["room_id"], postgresql_where=sa.text("notify_all"))


def downgrade() -> None:
    op.drop_index("memberships_notify_all_idx", table_name="memberships", postgresql_where=sa.text("notify_all"))
    op.drop_column("memberships", "notify_all")
    op.drop_index(op.f("pushes_service_due_at_idx"), table_name="pushes")
    op.drop_table("pushes")
    op.drop_index(op.f("pages_in_use_user_id_idx"), table_name="pages_in_use")
    op.drop_table("pages_in_use")
    op.drop_index(op.f("notice_browsers_user_id_idx"), table_name="notice_browsers")
    op.drop_table("notice_browsers")
    op.drop_index(op.f("notices_user_id_idx"), table_name="notices")
    op.drop_index(op.f("notices_due_at_idx"), table_name="notices")
    op.drop_table("notices")
    op.drop_table("notice_settings")
    op.drop_table("push_services")
    op.drop_table("push_keys")
