"""The bus over LISTEN/NOTIFY, on one connection of its own.

It rings after the commit, never inside it: NOTIFY holds a lock over the whole cluster until its transaction ends.

Behind a pooler in transaction mode LISTEN succeeds and nothing ever arrives. So each connection begins with a probe:
a payload that is sent over another connection must arrive. Sent over the same one, it could come back together with
the answer, and would prove nothing.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import psycopg2
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.driver.connection import Connection
from app.db.driver.engine import ANSWER_S, DATABASE_GONE, autocommit
from app.live.bus.bus import Bus, Identify, Note
from app.live.bus.ends import Carrier, NothingArrives

PROBE_S = 2.0
POOLER_BREAKS_LISTEN = (
    "DATABASE_URL leads through a pooler that breaks LISTEN: set DATABASE_DIRECT_URL to the same database past the "
    "pooler, or REDIS_URL. Until then messages of other processes come up to 2.5 s late."
)


class PostgresBus(Bus[Note]):
    """`engine` must make a new connection each time, as nobody else may use this one.

    `other` is for the probe; it must lead to the same database. What NOTIFY sends reaches that database alone, but
    two chats may live in it, each in a schema.
    """

    KIND = "PostgreSQL"
    LOST = (*DATABASE_GONE, psycopg2.Error)  # the driver's own errors: nothing here goes through SQLAlchemy

    def __init__(
        self,
        decoder: msgspec.json.Decoder[Note],
        identify: Identify,
        key: bytes,
        engine: AsyncEngine,
        other: AsyncEngine,
    ) -> None:
        super().__init__(decoder, identify, key)
        self._listeners = engine
        self._other = autocommit(other)

    @asynccontextmanager
    async def _carrier(self, channel: str) -> AsyncIterator[Carrier]:
        pooled = await self._listeners.raw_connection()
        try:
            raw: Any = pooled.driver_connection
            await _execute(raw, f"LISTEN {channel}")
            listener = _Listener(raw, channel)
            await self._probe(listener, channel)
            yield listener
        finally:
            pooled.invalidate()

    async def _probe(self, listener: "_Listener", channel: str) -> None:
        """Raises NothingArrives. Drops what else arrives: all that was missed is read after this."""
        word = f"probe {secrets.token_hex(8)}"
        async with self._other.connect() as conn:
            await conn.execute(select(func.pg_notify(channel, word)))
        try:
            async with asyncio.timeout(PROBE_S):
                while await listener.receive() != word:
                    pass
        except TimeoutError:
            await listener.answer()
            raise NothingArrives(POOLER_BREAKS_LISTEN) from None


class _Listener:
    def __init__(self, raw: Connection, channel: str) -> None:
        self._raw, self._channel = raw, channel

    async def receive(self) -> str:
        return await self._raw.next_payload()

    async def send(self, payloads: list[str]) -> None:
        await _execute(self._raw, "SELECT pg_notify(%s, payload) FROM unnest(%s) AS payload", (self._channel, payloads))
        self._raw.take_notifications()

    async def answer(self) -> None:
        """Raises what a lost connection raises. On one that is cut off nothing arrives, either."""
        async with asyncio.timeout(PROBE_S):
            await _execute(self._raw, "SELECT 1")


async def _execute(raw: Connection, statement: str, parameters: tuple[Any, ...] = ()) -> None:
    """Run one statement outside SQLAlchemy, in autocommit as psycopg2's asynchronous connections always are."""
    async with raw.cursor(timeout=ANSWER_S) as cursor:
        await cursor.execute(statement, parameters)
