"""One account floods a real process with frames that are no commands: it is cut off, and nobody else waits."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from bench.support.people import SECRET_KEY, logged_in
from tests.live.bare import bare_socket, close_code, masked
from tests.process.test_restart import opened
from tests.support.load import within
from tests.support.processes import Parley, parley

SOCKETS = 10  # as many as a person may have
POSTS, POSTS_S = 10, 2
TIMES = 500  # five million frames
PING, PONG, CONTINUATION, TEXT = 0x89, 0x8A, 0x00, 0x01


@pytest.fixture
def running(fresh_folder: Path, address: str) -> Iterator[Parley]:
    with parley(fresh_folder, DATABASE_URL=address, SECRET_KEY=SECRET_KEY) as running:
        running.until_ready()
        yield running


@pytest.fixture
def cookies(running: Parley, address: str) -> list[str]:
    return logged_in(address, 2)


def flood(port: int, cookie: str, frame: bytes) -> int | None:
    """Send a frame as often as the network takes it, until the socket is closed; the code of that."""
    with bare_socket(port, cookie) as sock:
        sock.sendall(masked(TEXT, b"begun"))  # what continuations go on with
        with suppress(ConnectionError, TimeoutError):
            sock.settimeout(1)  # who is not read any more was sent away
            for _ in range(TIMES):
                sock.sendall(frame * 10_000)
        sock.settimeout(10)
        return close_code(sock)


@pytest.mark.parametrize("first", [PING, PONG, CONTINUATION], ids=["pings", "pongs", "continuations"])
async def test_who_floods_with_empty_frames_is_cut_off_and_the_others_are_served(
    running: Parley, cookies: list[str], first: int
) -> None:
    flooder, alice = cookies
    with ThreadPoolExecutor(SOCKETS) as threads:
        async with opened(running, [alice]) as (socket,):
            floods = [threads.submit(flood, running.port, flooder, masked(first)) for _ in range(SOCKETS)]
            with within(POSTS_S):
                for number in range(POSTS):
                    await socket.posted(f"number {number}")
                assert await asyncio.to_thread(running.get, "/healthz") == 200

            codes = [await asyncio.wrap_future(flood) for flood in floods]

    assert {*codes} <= {4009, None}  # the reset may overtake the code
    assert 4009 in codes
