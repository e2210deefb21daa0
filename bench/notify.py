"""What a doorbell costs inside the transaction that writes, and after it.

    python -m bench.notify [--writers 8] [--rounds 6] [--seconds 3]

Writers post on connections of their own, as as many processes would, into 50 rooms or all into one, on a database of
its own with fsync on. Inside: NOTIFY in the writing transaction. After: one more connection rings for what was
committed, gathered, as `PostgresBus` does. Rounds take turns in one run: compare the ratio, not the numbers.
"""

import asyncio
import statistics
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path

import click
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.base.config import DatabaseConfig
from app.chat.messages.append import NewMessage, append_messages
from app.db import migrate
from app.db.driver.connection import Connection
from app.db.driver.engine import autocommit, make_engine
from app.db.driver.kept import direct
from app.db.embedded import embedded
from app.db.schema import memberships, rooms, users

ROOMS = 50
_NOTIFY = "SELECT pg_notify('parley', %(payload)s)"

Write = Callable[[Connection, NewMessage], Awaitable[None]]


class Rounds:
    """Posts for a while in one of the two ways; keeps how many a second were committed."""

    def __init__(self, engine: AsyncEngine, writers: int, seconds: float) -> None:
        self._engine, self._writers, self._seconds = engine, writers, seconds
        self._rung: dict[int, int] = {}
        self._waiting = asyncio.Event()

    async def inside(self, hot: bool) -> float:
        async def write(conn: Connection, message: NewMessage) -> None:
            await conn.fetch("BEGIN")
            (outcome,) = await append_messages(conn, [message])
            await conn.fetch(_NOTIFY, {"payload": f"ring {message.room}:{outcome.rev}"})
            await conn.fetch("COMMIT")

        return await self._round(write, hot)

    async def after(self, hot: bool) -> float:
        async def write(conn: Connection, message: NewMessage) -> None:
            await conn.fetch("BEGIN")  # as inside, so that only the doorbell differs
            (outcome,) = await append_messages(conn, [message])
            await conn.fetch("COMMIT")
            self._rung[message.room] = outcome.rev or 0
            self._waiting.set()

        ringing = asyncio.create_task(self._ring())
        try:
            return await self._round(write, hot)
        finally:
            ringing.cancel()

    async def _ring(self) -> None:
        async with direct(self._engine) as conn:
            while True:
                await self._waiting.wait()
                self._waiting.clear()
                rung, self._rung = self._rung, {}
                words = " ".join(f"{room}:{rev}" for room, rev in rung.items())
                await conn.fetch(_NOTIFY, {"payload": f"ring {words}"})

    async def _round(self, write: Write, hot: bool) -> float:
        begun = time.perf_counter()
        ends = begun + self._seconds

        async def writer(number: int) -> int:
            count = 0
            async with direct(self._engine) as conn:
                while time.perf_counter() < ends:
                    room = 1 if hot else (number + count * self._writers) % ROOMS + 1
                    await write(conn, NewMessage(room, 1, uuid.uuid4(), "What a doorbell costs", None))
                    count += 1
            return count

        counts = await asyncio.gather(*(writer(number) for number in range(self._writers)))
        return sum(counts) / (time.perf_counter() - begun)


@click.command(help=__doc__)
@click.option("--writers", default=8, show_default=True, help="Connections that write.")
@click.option("--rounds", default=6, show_default=True, help="Rounds of each way.")
@click.option("--seconds", default=3.0, show_default=True, help="Seconds of each round.")
def main(writers: int, rounds: int, seconds: float) -> None:
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder:
        Path(folder).chmod(0o711)
        with embedded.running(Path(folder) / "data", lambda step: None) as database:
            migrate.upgrade(database.url, lambda step: None)
            asyncio.run(compare(database.url, writers, rounds, seconds))


async def compare(url: str, writers: int, rounds: int, seconds: float) -> None:
    engine = make_engine(DatabaseConfig(database_url=url, db_pool=writers + 2, _env_file=None))
    await fill(engine)
    listener = make_engine(DatabaseConfig(database_url=url, _env_file=None), size=0)
    async with autocommit(listener).connect() as ear:  # without one NOTIFY would be for nobody
        await ear.execute(text("LISTEN parley"))
        ways = Rounds(engine, writers, seconds)
        for hot, what in ((False, f"{ROOMS} rooms"), (True, "one room")):
            inside, after = [], []
            for _ in range(rounds):
                inside.append(await ways.inside(hot))
                after.append(await ways.after(hot))
            report(what, statistics.median(inside), statistics.median(after))
    await listener.dispose()
    await engine.dispose()


async def fill(engine: AsyncEngine) -> None:
    """One person, who is a member of every room."""
    async with engine.begin() as conn:
        await conn.execute(insert(users).values(login="writer", display_name="Writer", password_hash="x"))
        await conn.execute(insert(rooms), [{"name": f"Room {number}"} for number in range(2, ROOMS + 1)])
        everywhere = select(rooms.c.id, users.c.id).select_from(rooms.join(users, text("true")))
        await conn.execute(insert(memberships).from_select(["room_id", "user_id"], everywhere))


def report(what: str, inside: float, after: float) -> None:
    print(f"{what:10} inside {inside:7.0f}/s   after {after:7.0f}/s   after ÷ inside {after / inside:.2f}")


if __name__ == "__main__":
    main()
