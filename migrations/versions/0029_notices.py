"""Notices: who wants some in which browsers, which are due, and their way there by push services."""

import sqlalchemy as sa
from alembic import op

from migrations.steps import create_index, create_table, moment, numbers, of_user, texts

revision, down_revision = "0029", "0028"


def upgrade() -> None:
    create_table(
        "push_keys",
        sa.Column("id", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("private_key", sa.LargeBinary(), nullable=False),
        moment("created_at"),
        sa.CheckConstraint("id", name="single_row"),
        sa.PrimaryKeyConstraint("id"),
    )
    create_table(
        "push_services",
        *texts("service"),
        sa.Column("rests_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("service"),
    )
    create_table(
        "notice_settings",
        *numbers("user_id"),
        sa.Column("sound", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("quiet_from", sa.SmallInteger()),
        sa.Column("quiet_until", sa.SmallInteger()),
        sa.Column("zone", sa.Text(), server_default="UTC", nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True)),
        sa.CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet_both"),
        sa.CheckConstraint("quiet_from BETWEEN 0 AND 1439 AND quiet_until BETWEEN 0 AND 1439", name="quiet"),
        of_user(),
        sa.PrimaryKeyConstraint("user_id"),
    )
    _add_ways()


def _add_ways() -> None:
    create_table(
        "notices",
        *numbers("room_id", "seq", "user_id"),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        of_user(),
        sa.PrimaryKeyConstraint("room_id", "seq", "user_id"),
    )
    create_index("notices", "due_at")
    create_index("notices", "user_id")
    create_table(
        "notice_browsers",
        *numbers("session_id", "user_id"),
        sa.Column("endpoint", sa.Text()),
        sa.Column("service", sa.Text()),
        sa.Column("public_key", sa.LargeBinary()),
        sa.Column("auth_secret", sa.LargeBinary()),
        moment("created_at"),
        sa.CheckConstraint("num_nulls(endpoint, service, public_key, auth_secret) IN (0, 4)", name="keys"),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], ondelete="CASCADE"),
        of_user(),
        sa.PrimaryKeyConstraint("session_id"),
        sa.UniqueConstraint("endpoint"),
    )
    create_index("notice_browsers", "user_id")
    _add_pushes()


def _add_pushes() -> None:
    create_table(
        "pages_in_use",
        *numbers("session_id", "user_id"),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], ondelete="CASCADE"),
        of_user(),
        sa.PrimaryKeyConstraint("session_id"),
    )
    create_index("pages_in_use", "user_id")
    create_table(
        "pushes",
        *numbers("session_id", "room_id", "seq"),
        *texts("service"),
        sa.Column("tries", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        moment("due_at"),
        sa.ForeignKeyConstraint(["session_id"], ["notice_browsers.session_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("session_id", "room_id", "seq"),
    )
    create_index("pushes", "service", "due_at")
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
