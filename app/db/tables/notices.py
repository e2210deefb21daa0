"""The tables of notices: who wants some, which are due, and their way to browsers by push services."""

import sqlalchemy as sa

from app.db.tables.metadata import created_at, flag, moment, table, user_id

# One row: the keys by which push services know this server. See app/notices/vapid.py.
push_keys = table(
    "push_keys",
    sa.Column("id", sa.Boolean, primary_key=True, server_default=sa.text("true")),
    sa.Column("private_key", sa.LargeBinary, nullable=False),  # encrypted
    created_at(),
    sa.CheckConstraint("id", name="single_row"),
)

# Of a person who has switched notices on at least once. Minutes of the day, where `zone` says.
notice_settings = table(
    "notice_settings",
    user_id(primary_key=True),
    flag("sound"),
    sa.Column("quiet_from", sa.SmallInteger),
    sa.Column("quiet_until", sa.SmallInteger),
    sa.Column("zone", sa.Text, nullable=False, server_default="UTC"),
    sa.Column("paused_until", sa.DateTime(timezone=True)),
    sa.CheckConstraint("quiet_from BETWEEN 0 AND 1439 AND quiet_until BETWEEN 0 AND 1439", name="quiet"),
    sa.CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet_both"),
)

# A browser in which notices are on: it goes with its session. No `endpoint`: its pages alone show them.
notice_browsers = table(
    "notice_browsers",
    sa.Column("session_id", sa.ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    user_id(index=True),
    sa.Column("endpoint", sa.Text),
    sa.Column("service", sa.Text),  # the origin of the endpoint
    sa.Column("public_key", sa.LargeBinary),
    sa.Column("auth_secret", sa.LargeBinary),
    created_at(),
    sa.UniqueConstraint("endpoint"),
    sa.CheckConstraint("num_nulls(endpoint, service, public_key, auth_secret) IN (0, 4)", name="keys"),
)

# Pages that somebody has before their eyes; each says so again and again.
pages_in_use = table(
    "pages_in_use",
    sa.Column("session_id", sa.ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    user_id(index=True),
    sa.Column("until", sa.DateTime(timezone=True), nullable=False),
)

# That a message may call for a person: a row from when it is written until it is judged, a few seconds later. No
# foreign key to messages: an edit would wait for it.
notices = table(
    "notices",
    sa.Column("room_id", sa.BigInteger, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    user_id(index=True),
    sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint("room_id", "seq", "user_id"),
    sa.Index(None, "due_at"),
)

# A notice on its way to one browser. It is taken at `due_at`, which moves on: again, where the process dies.
pushes = table(
    "pushes",
    sa.Column("session_id", sa.ForeignKey("notice_browsers.session_id", ondelete="CASCADE"), nullable=False),
    sa.Column("room_id", sa.BigInteger, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("service", sa.Text, nullable=False),
    sa.Column("tries", sa.SmallInteger, nullable=False, server_default=sa.text("0")),
    moment("due_at"),
    sa.PrimaryKeyConstraint("session_id", "room_id", "seq"),
    sa.Index(None, "service", "due_at"),
)

# Push services that are asked nothing for a while: they said so, or did not answer.
push_services = table(
    "push_services",
    sa.Column("service", sa.Text, primary_key=True),
    sa.Column("rests_until", sa.DateTime(timezone=True), nullable=False),
)
