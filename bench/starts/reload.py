"""A reload while people write: what SIGHUP to two workers costs those who are there.

    python -m bench.starts.reload [--sockets 300] [--writers 30]

Each socket is a page: when it is cut off it comes back within the 0 to 5 s that pages wait, or the half second of those
that have something to send. So many of them write a message a second, keep it until its ack, and send it again.
"""

import asyncio
import json
import math
import random
import re
import signal
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import click
import psycopg2
from aiohttp import ClientError, ClientSession, ClientWebSocketResponse, TCPConnector, WSMsgType

from app.db.embedded import embedded
from bench.support.people import logged_in
from bench.support.servers import SETTINGS
from tests.support.processes import Parley, parley, until

WORKERS, JITTER_S, HURRY_S, RETRY_S, EVERY_S, SETTLE_S = 2, 5.0, 0.5, 0.1, 1.0, 3.0
FOLLOWED = re.compile(r"^(\S+)Z .*a successor serves", re.MULTILINE)  # written just before SIGTERM


@dataclass(frozen=True, slots=True)
class Reload:
    """One reload. Times in seconds.

    Attributes:
        reload_s: from SIGHUP until the last old worker is gone.
        first_ack_s: from the SIGTERM of each old worker until the first ack to somebody whom it cut off, if it
            cut off anybody who writes.
        silence_s: the longest time in which nobody at all got an ack.
        back_s: of those who were cut off, the median from then until they are greeted again.
        refused: connections that a returning page had to ask for again.
        lost: messages that were acknowledged and are not there, or are there twice.
    """

    reload_s: float
    first_ack_s: list[float]
    silence_s: float
    back_s: float
    refused: int
    lost: int


@dataclass
class Seen:
    """What all pages saw: when they were cut off and greeted again, and when they got acks, each with the page."""

    cut: list[tuple[float, int]] = field(default_factory=list)
    back_s: list[float] = field(default_factory=list)
    acks: list[tuple[float, int]] = field(default_factory=list)
    acked: set[str] = field(default_factory=set)
    refused: int = 0


class Page:
    """One that comes back as pages do; `number` of it."""

    def __init__(self, number: int, cookie: str, address: str, seen: Seen, *, writes: bool) -> None:
        self._number, self._address, self._seen, self._writes = number, address, seen, writes
        self._headers = {"Origin": address, "Cookie": cookie}
        self._pending: str | None = None
        self._cut_at: float | None = None
        self.is_there = asyncio.Event()

    async def live(self, http: ClientSession) -> None:
        """Be there until cancelled."""
        while True:
            with suppress(ClientError, OSError):
                async with http.ws_connect(f"{self._address}/ws", headers=self._headers) as ws:
                    await self._stay(ws)
            if self.is_there.is_set():
                self.is_there.clear()
                self._cut_at = time.time()
                self._seen.cut.append((self._cut_at, self._number))
                await asyncio.sleep(self._away_s())
            else:
                self._seen.refused += 1
                await asyncio.sleep(RETRY_S)

    def _away_s(self) -> float:
        waits_s = random.random() * JITTER_S
        if not self._writes:
            return waits_s
        typed_s = EVERY_S * random.random() if self._pending is None else 0
        return min(waits_s, typed_s + random.random() * HURRY_S)

    async def _stay(self, ws: ClientWebSocketResponse) -> None:
        writing: asyncio.Task[None] | None = None
        try:
            while (frame := await ws.receive()).type is WSMsgType.TEXT:
                for event in map(json.loads, frame.data.split("\n")):
                    if event["type"] == "hello":
                        self._greeted()
                        writing = asyncio.create_task(self._write(ws)) if self._writes else None
                    elif event["type"] == "ack" and event["id"] == self._pending:
                        self._pending = None
                        self._seen.acks.append((time.time(), self._number))
                        self._seen.acked.add(event["id"])
        finally:
            if writing is not None:
                writing.cancel()
                await asyncio.gather(writing, return_exceptions=True)

    def _greeted(self) -> None:
        self.is_there.set()
        if self._cut_at is not None:
            self._seen.back_s.append(time.time() - self._cut_at)

    async def _write(self, ws: ClientWebSocketResponse) -> None:
        while True:
            if self._pending is None:
                self._pending = str(uuid.uuid4())
            await ws.send_str(json.dumps({"type": "post", "room": 1, "id": self._pending, "text": "still there"}))
            await asyncio.sleep(EVERY_S * random.uniform(0.5, 1.5))


@click.command(help=__doc__)
@click.option("--sockets", default=300, show_default=True)
@click.option("--writers", default=30, show_default=True)
def main(sockets: int, writers: int) -> None:
    print(measure(sockets, writers))


def measure(sockets: int, writers: int) -> Reload:
    """One reload of two workers."""
    with _place() as (folder, settings), _served(folder / "parley", settings) as running:
        url, seen = settings["DATABASE_URL"], Seen()

        def reload() -> None:
            running.process.send_signal(signal.SIGHUP)
            until(lambda: "reloaded workers" in running.output())

        begun, over = asyncio.run(_pages_live(running.port, logged_in(url, sockets), writers, seen, reload))
        return _found(begun, over, running.output(), seen, _stored(url))


def measure_restart(sockets: int, writers: int, code: Path) -> float:
    """Seconds from SIGTERM to the first ack by the next one, of a Parley that knows no reload; `code` is its folder."""
    with _place() as (folder, settings), ExitStack() as running:
        first = running.enter_context(_served(folder / "first", settings, code))
        seen = Seen()

        def restart() -> None:
            first.process.terminate()
            first.until_ended()
            running.enter_context(_served(folder / "second", {**settings, "PORT": str(first.port)}, code))

        cookies = logged_in(settings["DATABASE_URL"], sockets)
        begun, _ = asyncio.run(_pages_live(first.port, cookies, writers, seen, restart))
        cut_at = {page: at for at, page in seen.cut}
        return min(at for at, page in seen.acks if at > cut_at.get(page, math.inf)) - begun


@contextmanager
def _place() -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder, and the settings of a Parley with a database in it."""
    with TemporaryDirectory(prefix="parley-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        with embedded.running(folder / "postgres", lambda _: None) as database:
            more = {"DATABASE_URL": database.url, "WEB_CONCURRENCY": str(WORKERS), "LOG_LEVEL": "info"}
            yield folder, {**SETTINGS, **more}


@contextmanager
def _served(folder: Path, settings: dict[str, str], code: Path | None = None) -> Iterator[Parley]:
    """A Parley whose workers all listen."""
    with parley(folder, anew=True, code=code, **settings) as running:
        running.until_ready()
        until(lambda: len(running.listeners()) == WORKERS)
        yield running


async def _pages_live(
    port: int, cookies: list[str], writers: int, seen: Seen, change: Callable[[], None]
) -> tuple[float, float]:
    """Make a change among so many pages; when that was begun and over."""
    address = f"http://127.0.0.1:{port}"
    pages = [Page(n, cookie, address, seen, writes=n < writers) for n, cookie in enumerate(cookies)]
    async with ClientSession(connector=TCPConnector(limit=0)) as http:
        living = [asyncio.create_task(page.live(http)) for page in pages]
        await asyncio.gather(*(page.is_there.wait() for page in pages))
        await asyncio.sleep(SETTLE_S)
        begun = time.time()
        await asyncio.to_thread(change)
        over = time.time()
        await asyncio.gather(*(page.is_there.wait() for page in pages))
        await asyncio.sleep(SETTLE_S)
        for task in living:
            task.cancel()
        await asyncio.gather(*living, return_exceptions=True)
    return begun, over


def _stored(url: str) -> Counter[str]:
    """How often each message is there, by the id that its page gave it."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT client_id::text FROM messages")
        return Counter(id for (id,) in cursor)


def _found(begun: float, over: float, log: str, seen: Seen, stored: Counter[str]) -> Reload:
    asked = [datetime.fromisoformat(f"{at}+00:00").timestamp() for at in FOLLOWED.findall(log)]
    first_ack_s = []
    for since, next_one in zip(asked, [*asked[1:], math.inf], strict=True):
        cut_at = {page: at for at, page in seen.cut if since <= at < next_one}
        if acks := [at for at, page in seen.acks if at > cut_at.get(page, math.inf)]:
            first_ack_s.append(min(acks) - since)
    times = sorted(at for at, _ in seen.acks if at > begun)
    silence_s = max(after - before for before, after in zip([begun, *times], times, strict=False))
    lost = sum(stored[id] != 1 for id in seen.acked)
    return Reload(over - begun, first_ack_s, silence_s, median(seen.back_s), seen.refused, lost)


if __name__ == "__main__":
    main()
