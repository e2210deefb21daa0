"""What members report, and what admins make of it. Owns the transactions."""

import logging
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncEngine

from app.audit.recording import entries, record
from app.auth import User
from app.base.errors import NotFound
from app.base.log_fields import fields
from app.db.driver.engine import autocommit
from app.moderation import queries

log = logging.getLogger(__name__)

PAGE = 100


class Moderation:
    """One a process. The view has checked that an `admin` is one."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._transactions, self._autocommit = engine, autocommit(engine)

    async def message(self, reader: User, room_id: int, seq: int) -> queries.AnyRow:
        """A living message that the reader may report.

        Raises:
            NotFound: it is not there, or not for them.
        """
        async with self._autocommit.connect() as conn:
            found = await queries.readable(conn, reader.id, room_id, seq)
        if found is None:
            raise NotFound("There is no such message that you could report.")
        return found

    async def report(self, reader: User, room_id: int, seq: int, reason: str) -> None:
        """Ask admins to look at a message; again by the same person does nothing. Raises as `message` does."""
        await self.message(reader, room_id, seq)
        async with self._autocommit.connect() as conn:
            is_new = await queries.report(conn, reader.id, room_id, seq, reason)
        if is_new:
            log.info("message reported", extra=fields(room=room_id, seq=seq, by=reader.id))

    async def open_reports(self) -> Sequence[queries.AnyRow]:
        """Those that wait for an admin, oldest first."""
        async with self._autocommit.connect() as conn:
            return await queries.open_reports(conn)

    async def settle(self, admin: User, report_id: int) -> None:
        """End a report; one that has ended stays so."""
        async with self._transactions.begin() as conn:
            settled = await queries.settle(conn, admin.id, report_id)
            if settled is not None:
                await record(conn, admin.id, "settled", user_id=settled.author_id, room_id=settled.room_id)

    async def log(self, before: int | None) -> Sequence[queries.AnyRow]:
        """What was done, newest first: `PAGE` entries, and one more where there are more."""
        async with self._autocommit.connect() as conn:
            return await entries(conn, before, PAGE + 1)
