"""Whether this process can serve, found out by doing what serving takes: it writes a row, every few seconds.

Owns what was found last, in words. Three of them say what a router should make of it: `ok`, `degraded` (it serves, but
something needs mending) and `cannot`.
"""

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.base.errors import Unavailable
from app.base.log_fields import fields
from app.db import migrate
from app.db.driver.causes import OUT_OF_REACH, TOO_SLOW, Cause, cause_of
from app.db.driver.connection import Connection
from app.db.driver.engine import DATABASE_GONE, autocommit
from app.db.driver.kept import direct
from app.live.bus.bus import ALONE_AFTER_S, Bus
from app.pulse import statements

log = logging.getLogger(__name__)

EVERY_S, BEAT_S, ASK_WHY_S = 2.5, 3.0, 1.5  # together less than the 10 s within which a fault is to show
FRESH_S = 1.0  # what was found so lately is answered again: who asks often writes no more than this
FAILED: tuple[type[Exception], ...] = (DBAPIError, *DATABASE_GONE)
STANDBY_AWAY = "The database waits for its standby, which does not answer. An administrator has to mend that."
_VAGUE = (OUT_OF_REACH, TOO_SLOW)  # sentences that what was found may make clearer

Word = Literal["ok", "degraded", "cannot"]


@dataclass(frozen=True)
class Finding:
    """`trouble` is why this process cannot serve, for people; `remarks` name what else is not as it should be."""

    trouble: str | None = None
    remarks: dict[str, str] = field(default_factory=dict)
    reason: str = ""  # of the trouble, for the log

    @property
    def word(self) -> Word:
        return "cannot" if self.trouble else "degraded" if self.remarks else "ok"

    @property
    def is_clear(self) -> bool:
        """Whether the trouble has a cause that a person can do something with."""
        return self.trouble is not None and self.trouble not in _VAGUE


class Pulse:
    """Beats: tries to write, and compares with the other processes of the chat. `last` is what it found."""

    def __init__(self, engine: AsyncEngine, bus: Bus[Any]) -> None:
        self._autocommit, self._bus = autocommit(engine), bus
        self.last = Finding()
        self._found_at = -FRESH_S
        self._looking = asyncio.Lock()
        self._has_tidied = False

    async def beat_for_ever(self) -> None:
        """Beat every few seconds; endless."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY_S)

    async def look(self) -> Finding:
        """What is so now, found a second ago at most. Those who ask meanwhile get the same answer."""
        loop = asyncio.get_running_loop()
        async with self._looking:
            if loop.time() - self._found_at >= FRESH_S:
                found = await self._beat()
                self._log(found)
                self.last, self._found_at = found, loop.time()
            return self.last

    def refusal(self, error: BaseException) -> Unavailable:
        """What to say to somebody for whom one of `DATABASE_GONE` was raised: its cause, or else what was found."""
        sentence = cause_of(error).sentence
        if sentence in _VAGUE and self.last.is_clear:
            sentence = str(self.last.trouble)
        return Unavailable(sentence)

    async def _beat(self) -> Finding:
        try:
            async with asyncio.timeout(BEAT_S):
                return await self._try()
        except FAILED as error:
            cause = cause_of(error)
            if cause.sentence == TOO_SLOW:
                cause = await self._why_so_slow(cause)
            return Finding(cause.sentence, reason=cause.reason)

    async def _try(self) -> Finding:
        async with direct(self._autocommit) as conn:
            return await self._judge(conn)

    async def _judge(self, conn: Connection) -> Finding:
        seen = await statements.look(conn)
        remarks: dict[str, str] = {}
        if seen.off:
            remarks["durability"] = f"{', '.join(seen.off)} must not be off"
        if seen.revision != migrate.head():
            differs = f"at {seen.revision}, this code needs {migrate.head()}"
            if seen.revision == "none" or seen.revision < migrate.head():
                return Finding(f"The tables are {differs}: run the migrations.", {"migrations": differs})
            remarks["migrations"] = f"{differs}: a newer Parley has migrated the database, end this one"
        others = await statements.write(conn, self._row(), tidies=not self._has_tidied)
        self._has_tidied = True
        if elsewhere := self._on_other_buses(others):
            remarks["processes"] = elsewhere
        return Finding(None, remarks)

    def _row(self) -> statements.Row:
        bus = self._bus
        return statements.Row(bus.name, migrate.head(), bus.KIND, bus.open_s)

    def _on_other_buses(self, others: list[statements.Other]) -> str | None:
        """A sentence when a process that could send to us does not; each sends something every ten seconds."""
        patience_s = ALONE_AFTER_S
        if (self._bus.open_s or 0) < patience_s:
            return None
        able = [each for each in others if (each.bus_open_s or 0) >= patience_s]
        strange = [each for each in able if not self._bus.receives(each.name)]
        if not strange:
            return None
        kinds = " and ".join(sorted({each.bus for each in strange}))
        return (
            f"processes of this chat publish on another bus ({kinds}; this one: {self._bus.KIND}), so that "
            "messages come late: give all processes the same REDIS_URL, or none"
        )

    async def _why_so_slow(self, cause: Cause) -> Cause:
        try:
            async with asyncio.timeout(ASK_WHY_S), self._autocommit.connect() as conn:
                if await statements.waits_for_standby(conn):
                    return Cause(STANDBY_AWAY, "a commit waits for a synchronous standby")
        except FAILED as error:
            log.debug("nobody says why it is slow reason=%s", cause_of(error).reason)
        return cause

    def _log(self, found: Finding) -> None:
        """Say what has changed; `/readyz` has what lasts."""
        before = self.last
        if found.trouble is not None and found.trouble != before.trouble:
            log.error("cannot serve: %s", found.trouble, extra=fields(reason=found.reason))
        for what, remark in found.remarks.items():
            if remark != before.remarks.get(what):
                log.warning("degraded: %s", remark, extra=fields(what=what))
        if found.trouble is None and before.trouble is not None:
            log.info("serves again")
        for what in before.remarks.keys() - found.remarks.keys():
            if found.trouble is None:
                log.info("mended", extra=fields(what=what))
