"""What a person may make in a day, of what stays: rooms, people added to rooms, direct conversations.

The count stands in the database and is raised in the transaction that makes it. Days begin at midnight UTC.
Administrators are not counted.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Date, case, cast, func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.auth.sessions import User
from app.base.config import Config
from app.base.errors import RateLimited
from app.db.tables.accounts import totals

_DONE = {
    "rooms": "You have made {most:,} rooms today",
    "people": "You have added {most:,} people to rooms today",
    "directs": "You have begun {most:,} direct conversations today",
}
_TODAY = cast(func.timezone("UTC", func.clock_timestamp()), Date)


class Totals:
    """Raises RateLimited, with the seconds until midnight, when a person has made too much."""

    def __init__(self, config: Config) -> None:
        self._most = {
            "rooms": config.rooms_per_day,
            "people": config.added_per_day,
            "directs": config.directs_per_day,
        }

    async def check(self, conn: AsyncConnection, user: User, what: str) -> None:
        """Let pass who may make one more."""
        counted = select(totals.c.count).where(
            totals.c.user_id == user.id, totals.c.what == what, totals.c.day == _TODAY
        )
        self._judge(user, what, ((await conn.execute(counted)).scalar_one_or_none() or 0) + 1)

    async def count(self, conn: AsyncConnection, user: User, what: str, made: int = 1) -> None:
        """Count what was made in this transaction, which must end without it where this raises."""
        if made == 0:
            return
        new = upsert(totals).values(user_id=user.id, what=what, day=_TODAY, count=made)
        before = case((totals.c.day == new.excluded.day, totals.c.count), else_=0)
        statement = new.on_conflict_do_update(
            index_elements=[totals.c.user_id, totals.c.what],
            set_={"day": new.excluded.day, "count": before + new.excluded.count},
        ).returning(totals.c.count)
        self._judge(user, what, (await conn.execute(statement)).scalar_one())

    def _judge(self, user: User, what: str, total: int) -> None:
        if total > self._most[what] and user.role != "admin":
            done = _DONE[what].format(most=self._most[what])
            message = f"{done}, which is as many as one person may. Try again tomorrow."
            raise RateLimited(message, retry_after_s=_until_midnight_s(datetime.now(UTC)))


def _until_midnight_s(now: datetime) -> int:
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return round((midnight - now).total_seconds())
