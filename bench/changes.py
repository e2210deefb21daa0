"""What it costs to change a message that is there: edits and reactions, of one person and of many at once."""

import asyncio
import itertools
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import aiohttp

from bench.support.load import Work
from bench.support.servers import Start, parley_server
from tests.support.sockets import Socket

EACH = {1: 900, 20: 150}  # of as many people


@dataclass(frozen=True, slots=True)
class Changes:
    """Times from the command to its ack; CPU of a change, of the server and of the database."""

    people: int
    changes: float  # a second
    p50_ms: float
    p99_ms: float
    server_ms: float
    database_ms: float


def measure_each(step: Callable[..., Any]) -> list[Changes]:
    """The figures by how many people change messages at once."""
    return [step(f"changes by {people}", measure, people, each) for people, each in EACH.items()]


def measure(people: int, changes_each: int, start: Start = parley_server) -> Changes:
    """Let people in one room change a message of their own each, one change after the other."""
    with start(Work(members=people)) as server:
        begun = time.monotonic(), server.cpu_s(), server.database_cpu_s()
        cookies = [cookie for _, cookie in server.sockets]
        times = asyncio.run(_all_change(server.port, cookies, changes_each))
        ended = time.monotonic(), server.cpu_s(), server.database_cpu_s()
    lasted, server_s, database_s = (end - begin for begin, end in zip(begun, ended, strict=True))
    p50, p99 = (statistics.quantiles(times, n=100)[percent - 1] * 1e3 for percent in (50, 99))
    count = len(times)
    return Changes(people, count / lasted, p50, p99, server_s / count * 1e3, database_s / count * 1e3)


async def _all_change(port: int, cookies: list[str], count: int) -> list[float]:
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", cookie_jar=aiohttp.DummyCookieJar()) as session:
        each = await asyncio.gather(*(_change(session, port, cookie, count) for cookie in cookies))
    return [*itertools.chain(*each)]


async def _change(session: aiohttp.ClientSession, port: int, cookie: str, count: int) -> list[float]:
    """How long each change of one person took."""
    headers = {"Cookie": cookie, "Origin": f"http://127.0.0.1:{port}"}
    async with session.ws_connect("/ws", headers=headers) as ws:
        socket = Socket(ws)
        seq = (await socket.posted("as it was"))["seq"]
        times = []
        for command in itertools.islice(_commands(), count):
            id = str(uuid.uuid4())
            begun = time.perf_counter()
            await socket.say(**command, id=id, room=1, seq=seq)
            await socket.until("ack", id=id)
            times.append(time.perf_counter() - begun)
    return times


def _commands() -> Iterator[dict[str, Any]]:
    for number in itertools.count():
        yield {"type": "edit", "text": f"as it is now, {number}"}
        yield {"type": "react", "emoji": "👍", "on": True}
        yield {"type": "react", "emoji": "👍", "on": False}
