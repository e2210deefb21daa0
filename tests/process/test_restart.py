"""SIGTERM to real processes: what was taken is answered, all sockets are closed with 1001, and it ends in time."""

import asyncio
import signal
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import ClientSession
from sqlalchemy import Engine, select

from app.db.schema import messages
from bench.support.people import SECRET_KEY, logged_in
from bench.support.readers import Flock
from bench.support.writer import Writer
from tests.support.load import within
from tests.support.processes import Parley, parley
from tests.support.sockets import Closed, Socket, until

EXIT_S = 2 * 5  # twice what is promised: a delay on a busy machine must look different from a hang
MAX_UNANSWERED = 100  # more would be a flood, whose sender may be cut off for not reading as fast
SETTINGS = {
    "SECRET_KEY": SECRET_KEY,
    "POST_RATE": "1000000",
    "POST_BURST": "1000000",
    "REQUEST_FACTOR": "1000000",
    "SOCKETS_PER_USER": "1000",
}


@dataclass
class Poster:
    """Someone who posts without waiting for each answer, and remembers it by the id of the message."""

    posted: dict[str, str] = field(default_factory=dict)
    seqs: dict[str, int] = field(default_factory=dict)

    async def post_on(self, socket: Socket) -> None:
        while True:
            await until(lambda: len(self.posted) - len(self.seqs) < MAX_UNANSWERED)
            text = f"number {len(self.posted)}"
            id = str(uuid.uuid4())
            self.posted[id] = text  # before it is sent: it may arrive though sending fails
            await socket.post(text, id=id)

    async def listen_on(self, socket: Socket) -> None:
        while True:
            event = await socket.next()
            if event["type"] == "ack" and event["id"] in self.posted:
                assert self.seqs.setdefault(event["id"], event["seq"]) == event["seq"]

    async def retry_on(self, socket: Socket) -> None:
        for id in self.posted.keys() - self.seqs.keys():
            await socket.post(self.posted[id], id=id)
            self.seqs[id] = (await socket.until("ack", id=id))["seq"]


@pytest.fixture
def cookies(address: str) -> list[str]:
    return logged_in(address, 20)


@asynccontextmanager
async def opened(running: Parley, cookies: list[str]) -> AsyncIterator[list[Socket]]:
    """Sockets of these people."""
    own = f"http://127.0.0.1:{running.port}"
    async with ClientSession() as http, AsyncExitStack() as closing:
        sockets = []
        for cookie in cookies:
            ws = http.ws_connect(f"{own}/ws", headers={"Origin": own, "Cookie": cookie})
            sockets.append(Socket(await closing.enter_async_context(ws)))
            await sockets[-1].until("hello")
        yield sockets


async def ended(running: Parley) -> None:
    """Wait for the end of the process, which is in order."""
    assert await asyncio.to_thread(running.until_ended) == 0


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_a_restart_under_load_loses_and_doubles_nothing_and_everybody_hears_of_it(
    fresh_folder: Path, address: str, cookies: list[str], database: Engine, workers: str
) -> None:
    poster = Poster()
    with parley(fresh_folder, DATABASE_URL=address, WEB_CONCURRENCY=workers, **SETTINGS) as running:
        running.until_ready()
        async with opened(running, cookies) as (socket, *readers):
            posting = asyncio.create_task(poster.post_on(socket))
            listening = asyncio.create_task(poster.listen_on(socket))
            reading = [asyncio.create_task(reader.close_code()) for reader in readers]
            await until(lambda: len(poster.seqs) > 50)
            with within(EXIT_S):
                running.process.send_signal(signal.SIGTERM)
                running.process.send_signal(signal.SIGTERM)  # once more does no harm
                codes = await asyncio.gather(*reading)
                with pytest.raises(Closed, match="1001"):
                    await listening
                await ended(running)
            posting.cancel()
            await asyncio.gather(posting, return_exceptions=True)

    assert set(codes) == {1001}
    with parley(fresh_folder, DATABASE_URL=address, **SETTINGS) as running:
        running.until_ready()
        async with opened(running, cookies[:1]) as (socket,):
            await poster.retry_on(socket)
    with database.connect() as conn:
        rows = conn.execute(select(messages.c.client_id, messages.c.seq).order_by(messages.c.seq)).all()
    assert {str(row.client_id): row.seq for row in rows} == poster.seqs
    assert [row.seq for row in rows] == list(range(1, len(poster.posted) + 1))


async def test_readers_who_have_stopped_do_not_hold_up_the_end(
    fresh_folder: Path, address: str, cookies: list[str]
) -> None:
    with parley(fresh_folder, DATABASE_URL=address, **SETTINGS) as running:
        running.until_ready()
        flock = Flock(running.port, cookies)
        try:
            flock.until_live()
            async with opened(running, cookies[:1]) as (reader,):
                flock.stop()
                with Writer(f"http://127.0.0.1:{running.port}", cookies[1], rate=100, size=1_600) as writer:
                    await reader.texts(200)  # more than the kernel takes for those who do not read
                with within(EXIT_S):
                    running.send(signal.SIGTERM)

                    assert await reader.close_code() == 1001
                    await ended(running)
            assert writer.acknowledged == writer.posted
        finally:
            flock.end()


async def test_a_database_that_hangs_does_not_hold_up_the_end_and_nothing_is_promised(
    fresh_folder: Path, address: str, cookies: list[str], database: Engine
) -> None:
    id = str(uuid.uuid4())
    with parley(fresh_folder, DATABASE_URL=address, **SETTINGS) as running:
        running.until_ready()
        async with opened(running, cookies[:2]) as (poster, reader):
            with database.begin() as blocking:
                blocking.exec_driver_sql("LOCK TABLE messages IN ACCESS EXCLUSIVE MODE")
                await poster.post("in flight", id=id)
                await until(lambda: waits_for_a_lock(database))
                with within(EXIT_S):
                    running.send(signal.SIGTERM)

                    assert await reader.close_code() == 1001
                    with pytest.raises(Closed, match="1001"):
                        await poster.until("ack")
                    await ended(running)

    with parley(fresh_folder, DATABASE_URL=address, **SETTINGS) as running:
        running.until_ready()
        async with opened(running, cookies[:1]) as (poster,):
            assert (await poster.posted("in flight", id=id))["seq"] == 1
            assert (await poster.posted("afterwards"))["seq"] == 2


def waits_for_a_lock(database: Engine) -> bool:
    with database.connect() as conn:
        return bool(conn.exec_driver_sql("SELECT FROM pg_locks WHERE NOT granted").all())
