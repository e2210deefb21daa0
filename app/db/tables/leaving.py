"""The table of people whose account was deleted, or all that they made is to go, until what they wrote is settled."""

import sqlalchemy as sa

from app.db.tables.metadata import table, user_id

# Taken at `due_at` by any process, which moves that on: it is taken again where the process died. It is due only when
# their sockets are closed, so that nothing more comes of them.
departures = table(
    "departures",
    user_id(primary_key=True),
    sa.Column("keeps_messages", sa.Boolean, nullable=False),
    sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
)
