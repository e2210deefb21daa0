"""The chat as a whole, and the processes that serve it."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from app.db.tables.metadata import flag, from_zero, length, moment, table

# One row. `epoch` names this history: a restored backup gets another one, and every client then loads anew.
# `welcomed_at` is when an admin first set this chat up, or said that it may stay as it is.
# `lists_rev` numbers the changes of what stands in people's lists of rooms. It is raised first in the transaction that
# changes that, and stamped on the room or the people concerned: one look finds what a process has not seen yet.
# `address` stands before links: that by which the first admin came, until an admin chooses another.
# `words_version` says how the terms of `search` were made; where that is not as we make them, they are written anew.
instance = table(
    "instance",
    sa.Column("id", sa.Boolean, primary_key=True, server_default=sa.text("true")),
    sa.Column("epoch", sa.Uuid, nullable=False, server_default=sa.func.gen_random_uuid()),
    sa.Column("name", sa.Text, nullable=False, server_default="Parley"),
    flag("open_sign_up", at_first=True),
    sa.Column("welcomed_at", sa.DateTime(timezone=True)),
    from_zero("lists_rev"),
    from_zero("words_version"),
    sa.Column("address", sa.Text),
    flag("second_factor"),  # asked for of everybody
    sa.CheckConstraint("id", name="single_row"),
    length("name", least=1, most=64),
)

# Processes that serve, each of which writes its row again and again; `name` is its name on its bus. `bus_open_s`: for
# how many seconds that has been open; NULL while it is not.
heartbeats = table(
    "heartbeats",
    sa.Column("name", sa.Text, primary_key=True),
    moment("beat_at"),
    sa.Column("revision", sa.Text, nullable=False),
    sa.Column("bus", sa.Text, nullable=False),
    sa.Column("bus_open_s", sa.Integer),
)

# What each process did in a minute, for the page of the last day. `counts` has how often each thing was counted since
# the row before, by its name; `loop_lag_s` is the worst of the minute. Swept after two days.
samples = table(
    "samples",
    sa.Column("taken_at", sa.DateTime(timezone=True), primary_key=True),
    sa.Column("process", sa.Text, primary_key=True),
    sa.Column("sockets", sa.Integer, nullable=False),
    sa.Column("loop_lag_s", sa.Float, nullable=False),
    sa.Column("counts", JSONB, nullable=False),
)
