"""The table of jobs: what some process does again and again, and two never at once."""

import sqlalchemy as sa

from app.db.tables.metadata import from_zero, moment, table

# Whoever finds one due takes it by moving `due_at` on, and goes on moving it as long as it works: where the process
# dies, another one takes it later.
jobs = table(
    "jobs",
    sa.Column("name", sa.Text, primary_key=True),
    moment("due_at"),
    sa.Column("ended_at", sa.DateTime(timezone=True)),  # the last round
    from_zero("removed"),  # rows, in all rounds
)
