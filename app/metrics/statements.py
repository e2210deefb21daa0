"""What the database says of jobs. Nothing commits here."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.schema import jobs
from app.metrics.catalogue import Numbers


async def of_jobs(conn: AsyncConnection) -> Numbers:
    """For how many seconds each job has been due, and what its rounds have removed."""
    late = sa.func.extract("epoch", sa.func.clock_timestamp() - jobs.c.due_at)
    overdue_s = sa.func.greatest(sa.cast(late, sa.Float), 0.0)
    rows = (await conn.execute(sa.select(jobs.c.name, overdue_s.label("overdue_s"), jobs.c.removed))).all()
    return {
        "job_overdue_seconds": {row.name: row.overdue_s for row in rows},
        "job_removed": {row.name: row.removed for row in rows},
    }
