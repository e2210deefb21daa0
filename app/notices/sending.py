"""Sends pushes: to each push service a few at once, so that one that is slow or busy holds up no other.

A push is taken for `LEASE` and ends when its service has answered. So it is sent again where a process died between
the two, and whoever gets it twice shows it once, by its tag.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.auth.queries import living_session_ids
from app.base.log_fields import fields
from app.base.waiting import is_set_within
from app.chat.wire.events import Notice
from app.db.driver.causes import cause_of
from app.db.driver.engine import DATABASE_GONE, autocommit
from app.notices import push_queries, queries
from app.notices.push_queries import Push
from app.notices.pushing import Outcome, Pusher
from app.notices.queries import Due
from app.notices.wording import notice_of

log = logging.getLogger(__name__)

SERVICES = 64  # at once
AT_ONCE = 8  # of one service
LOOK_S = 5.0  # for those that another process put on their way, or left
RETRY_S, ATTEMPTS = 1.0, 10
CONNECTIONS = 2  # to the database, so that people have the others
MOST_TRIES = 7
FIRST_WAIT_S, LONGEST_WAIT_S = 5.0, 1800.0


class Sending:
    """One a process; `idle` is after how long without a visit a session lives no more."""

    def __init__(self, engine: AsyncEngine, pusher: Pusher, idle: timedelta, rung: asyncio.Event) -> None:
        self._transactions, self._autocommit = engine, autocommit(engine)
        self._pusher, self._idle, self._rung = pusher, idle, rung
        self._busy: set[str] = set()
        self._turns = asyncio.Semaphore(CONNECTIONS)

    async def send_for_ever(self) -> None:
        """Send what is due; endless."""
        async with asyncio.TaskGroup() as serving:
            while True:
                self._rung.clear()  # before the look: a ring after it is not lost
                for service in await self._due_services():
                    self._busy.add(service)
                    serving.create_task(self._serve(service))
                await is_set_within(self._rung, LOOK_S)

    async def _due_services(self) -> list[str]:
        free = SERVICES - len(self._busy)
        try:
            async with self._connection() as conn:
                return await push_queries.due_services(conn, self._busy, free) if free else []
        except DATABASE_GONE as error:
            log.warning("cannot look for pushes reason=%s", cause_of(error).reason)
            self._ring_after(RETRY_S)
            return []

    async def _serve(self, service: str) -> None:
        """Send all that is due for one service, until it wants a rest."""
        try:
            while await self._send_some(service):
                pass
            self._rung.set()
        except DATABASE_GONE as error:
            log.warning("cannot send pushes reason=%s", cause_of(error).reason)
            self._ring_after(RETRY_S)
        finally:
            self._busy.discard(service)

    async def _send_some(self, service: str) -> bool:
        """Send a few; whether the service may be asked for more at once."""
        async with self._turns, self._transactions.begin() as conn:
            taken = await push_queries.take(conn, service, AT_ONCE)
            living = await living_session_ids(conn, [each.session for each in taken], self._idle)
            notices = await self._notices_of(conn, [each for each in taken if each.session in living])
            await push_queries.end(conn, [each for each in taken if each not in notices])
        rests = await asyncio.gather(*(self._send(push, service, notice) for push, notice in notices.items()))
        if (rest_s := max(rests, default=0.0)) > 0:
            async with self._connection() as conn:
                await push_queries.rest(conn, service, timedelta(seconds=rest_s))
            self._ring_after(rest_s)
        return bool(taken) and rest_s == 0

    async def _notices_of(self, conn: AsyncConnection, pushes: list[Push]) -> dict[Push, Notice]:
        """What each shows, of those that still call."""
        now, places = datetime.now(UTC), {Due(each.room, each.seq, each.user) for each in pushes}
        found = {
            Due(each.room, each.seq, each.user): notice_of(each)
            for each in await queries.calling(conn, [*places])
            if each.is_wanted(now)
        }
        asked = ((push, found.get(Due(push.room, push.seq, push.user))) for push in pushes)
        return {push: notice for push, notice in asked if notice is not None}

    async def _send(self, push: Push, service: str, notice: Notice) -> float:
        """Send one, and keep what became of it; for how long its service wants to rest."""
        outcome = await self._pusher.send(push, service, notice)
        if outcome.kind != "arrived":
            log.info("push not taken", extra=fields(service=service, outcome=outcome.kind, reason=outcome.reason))
        for _ in range(ATTEMPTS):  # what is not kept is sent again
            try:
                async with self._connection() as conn:
                    await self._keep(conn, push, outcome)
                break
            except DATABASE_GONE as error:
                log.warning("cannot keep what became of a push reason=%s", cause_of(error).reason)
                await asyncio.sleep(RETRY_S)
        return outcome.rest_s

    async def _keep(self, conn: AsyncConnection, push: Push, outcome: Outcome) -> None:
        if outcome.kind == "gone":
            await push_queries.forget_browser(conn, push.session, push.endpoint)
        elif outcome.kind == "busy":
            await push_queries.put_off(conn, push, timedelta(seconds=outcome.rest_s), counted=False)
        elif outcome.kind == "failed" and push.tries < MOST_TRIES:
            wait_s = max(outcome.rest_s, min(FIRST_WAIT_S * 4 ** (push.tries - 1), LONGEST_WAIT_S))
            await push_queries.put_off(conn, push, timedelta(seconds=wait_s), counted=True)
            self._ring_after(wait_s)
        else:
            await push_queries.end(conn, [push])

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection]:
        async with self._turns, self._autocommit.connect() as conn:
            yield conn

    def _ring_after(self, seconds: float) -> None:
        asyncio.get_running_loop().call_later(seconds, self._rung.set)
