"""What happened in other processes, as a doorbell and never as the truth: it may lose, repeat or reorder.

`PostgresBus` speaks LISTEN/NOTIFY over one connection of its own. It rings after the commit, never inside it: NOTIFY
holds a lock over the whole cluster until its transaction ends. A payload is `ring 1:60 2:7` (rooms and their newest
rev), `note {json}` (something that need not arrive) or `echo` (to oneself: a half-open connection does not answer).
"""

import asyncio
import json
import logging
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Protocol

import aiopg
import psycopg2
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.engine import DATABASE_GONE

log = logging.getLogger(__name__)

CHANNEL = "parley"
MAX_PAYLOAD_BYTES = 7_900  # PostgreSQL refuses 8,000
MAX_NOTES = 1_000  # that wait while the database is away; older ones are dropped
RECONNECT_AFTER_S = 0.5
ECHO_EVERY_S = 10.0
ECHO_LATE_S = 15.0

_LOST = (*DATABASE_GONE, psycopg2.Error)  # the driver's own errors: nothing here goes through SQLAlchemy

Note = dict[str, Any]


class Bus(Protocol):
    """Tells other processes, and hears from them; `is_open` while it can."""

    is_open: bool

    def ring(self, room: int, rev: int) -> None:
        """Say that a room is at `rev`; later rings of a room replace earlier ones that still wait."""

    def tell(self, note: Note) -> None:
        """Say something that need not arrive."""

    async def run(self) -> None:
        """Carry both ways; endless."""


class PostgresBus:
    """See the module. `on_open` is awaited once LISTEN stands, after every loss too: what was missed is read then."""

    def __init__(
        self,
        engine: AsyncEngine,
        on_ring: Callable[[int, int], None],
        on_note: Callable[[Note], None],
        on_open: Callable[[], Awaitable[None]],
    ) -> None:
        self._engine = engine
        self._on_ring, self._on_note, self._on_open = on_ring, on_note, on_open
        self._id = secrets.token_hex(8)  # PostgreSQL brings our own words back to us
        self._rings: dict[int, int] = {}
        self._notes: deque[str] = deque(maxlen=MAX_NOTES)
        self._waiting = asyncio.Event()
        self.is_open = False

    def ring(self, room: int, rev: int) -> None:
        self._rings[room] = max(rev, self._rings.get(room, 0))
        self._waiting.set()

    def tell(self, note: Note) -> None:
        self._notes.append(json.dumps({"from": self._id, **note}, separators=(",", ":")))
        self._waiting.set()

    async def run(self) -> None:
        while True:
            try:
                await self._session()
            except* _LOST as group:
                log.warning("bus lost reason=%s", type(group.exceptions[0]).__name__)
            await asyncio.sleep(RECONNECT_AFTER_S)

    async def _session(self) -> None:
        """One connection's life: listen, read what was missed, carry until it breaks."""
        pooled = await self._engine.raw_connection()
        try:
            raw: Any = pooled.driver_connection
            await _execute(raw, f"LISTEN {CHANNEL}")
            await self._on_open()
            self.is_open = True
            log.info("bus open")
            async with asyncio.TaskGroup() as both:
                both.create_task(self._hear(raw))
                both.create_task(self._say(raw))
        finally:
            self.is_open = False
            pooled.invalidate()

    async def _hear(self, raw: aiopg.Connection) -> None:
        while True:
            async with asyncio.timeout(ECHO_LATE_S):
                notification = await raw.notifies.get()
            self._heard(notification.payload)

    def _heard(self, payload: str) -> None:
        kind, _, rest = payload.partition(" ")
        if kind == "ring":
            for pair in rest.split():
                room, _, rev = pair.partition(":")
                self._on_ring(int(room), int(rev))
        elif kind == "note":
            note = json.loads(rest)
            if note.pop("from", None) != self._id:
                self._on_note(note)

    async def _say(self, raw: aiopg.Connection) -> None:
        while True:
            try:
                async with asyncio.timeout(ECHO_EVERY_S):
                    await self._waiting.wait()
            except TimeoutError:
                await _notify(raw, "echo")
                continue
            self._waiting.clear()
            for payload in self._payloads():
                await _notify(raw, payload)

    def _payloads(self) -> Iterator[str]:
        """Everything that waits, in as few payloads as fit."""
        rings, self._rings = self._rings, {}
        payload = "ring"
        for room, rev in rings.items():
            pair = f" {room}:{rev}"
            if len(payload) + len(pair) > MAX_PAYLOAD_BYTES:
                yield payload
                payload = "ring"
            payload += pair
        if rings:
            yield payload
        while self._notes:
            yield f"note {self._notes.popleft()}"


async def _notify(raw: aiopg.Connection, payload: str) -> None:
    await _execute(raw, "SELECT pg_notify(%s, %s)", (CHANNEL, payload))


async def _execute(raw: aiopg.Connection, statement: str, parameters: tuple[str, ...] = ()) -> None:
    """Run one statement outside SQLAlchemy, in autocommit as psycopg2's asynchronous connections always are."""
    async with raw.cursor() as cursor:
        await cursor.execute(statement, parameters)
