"""HTTP connections: a time for headers and bodies, room for those who are signed in, answers of the parser."""

import asyncio
import http.client
import resource
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from sqlalchemy import Engine

from app.base.config import Config
from app.edge.middleware import HEADERS
from app.process import descriptors
from app.process import peers as peers_module
from app.process.descriptors import Counted
from app.process.peers import BODY_S, HEADERS_S, LEAST_BODY_BYTES, SIGNED_IN, Peer, Peers, Site
from bench.support.people import SECRET_KEY, logged_in
from tests.process.test_restart import opened
from tests.process.test_server import serving
from tests.support.apps import make_app
from tests.support.load import PATIENCE_S, within
from tests.support.processes import ROOT, free_port, parley
from tests.support.sockets import until

OPEN_FILES, IDLE = 256, 400
ASK = b"GET / HTTP/1.1\r\nHost: x\r\n"

Open = Callable[[], Awaitable[tuple[Peer, asyncio.StreamReader, asyncio.StreamWriter]]]


@pytest.fixture
async def all_of_them() -> AsyncIterator[Peers]:
    """Those of a small app: `/` answers who is signed in, by a header; a POST reads its body."""

    async def answer(request: web.Request) -> web.Response:
        if "X-Signed-In" in request.headers:
            request[SIGNED_IN] = True
        return web.Response(text=str(len(await request.read())))

    app = web.Application()
    app.router.add_route("*", "/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    listener = socket.create_server(("127.0.0.1", 0))
    made = Peers(app, 20_000)
    made.port = listener.getsockname()[1]  # type: ignore[attr-defined]
    await Site(runner, listener, made, backlog=100).start()
    yield made
    await runner.cleanup()


@pytest.fixture
async def open_one(all_of_them: Peers) -> AsyncIterator[Open]:
    async def connect() -> tuple[Peer, asyncio.StreamReader, asyncio.StreamWriter]:
        before = {*all_of_them._strangers}
        reader, writer = await asyncio.open_connection("127.0.0.1", all_of_them.port)  # type: ignore[attr-defined]
        writers.append(writer)
        await until(lambda: {*all_of_them._strangers} - before)
        (connection,) = {*all_of_them._strangers} - before
        return connection, reader, writer

    writers: list[asyncio.StreamWriter] = []
    yield connect
    for writer in writers:
        await closed(writer)


async def closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):  # cut off by the server
        await writer.wait_closed()


async def ended(reader: asyncio.StreamReader) -> None:
    """Wait until the server has cut the connection off, without a word."""
    async with asyncio.timeout(PATIENCE_S):
        with suppress(ConnectionResetError):
            assert await reader.read() == b""


def now() -> float:
    return asyncio.get_running_loop().time()


def assert_due(connection: Peer, moment: float) -> None:
    """It is overdue from this moment on, to the second."""
    assert not connection.is_overdue(moment - 1)
    assert connection.is_overdue(moment + 1)


async def send(connection: Peer, writer: asyncio.StreamWriter, content: bytes) -> float:
    """Send something, and wait until it has come; the moment before."""
    begun = now()
    writer.write(content)
    await until(lambda: connection._received_at > begun)
    return begun


async def begin_body(open_one: Open) -> tuple[Peer, asyncio.StreamWriter]:
    """A connection whose request has a body that has not begun to come."""
    connection, _, writer = await open_one()
    writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
    await until(connection._is_in_body)
    return connection, writer


async def test_headers_have_ten_seconds_from_the_beginning_of_the_connection(open_one: Open) -> None:
    connection, _, writer = await open_one()

    begun = await send(connection, writer, ASK)

    assert_due(connection, begun + HEADERS_S)


async def test_headers_of_a_later_request_have_ten_seconds_from_their_first_byte(open_one: Open) -> None:
    connection, reader, writer = await open_one()
    writer.write(ASK + b"\r\n")
    await reader.readuntil(b"\r\n\r\n0")
    assert not connection.is_overdue(now() + 1_000)  # it may be quiet: aiohttp closes it in the end

    begun = await send(connection, writer, ASK)

    assert_due(connection, begun + HEADERS_S)


async def test_a_body_must_go_on_however_long_it_is(open_one: Open) -> None:
    connection, writer = await begin_body(open_one)
    moment = now()

    for _ in range(5):
        await send(connection, writer, bytes(LEAST_BODY_BYTES))
        moment += BODY_S + 1
        assert not connection.is_overdue(moment)
    await send(connection, writer, bytes(LEAST_BODY_BYTES - 1))

    assert_due(connection, moment + BODY_S)


async def test_who_waits_for_us_to_read_on_is_not_overdue(open_one: Open) -> None:
    connection, _ = await begin_body(open_one)
    begun = now()
    connection.pause_reading()

    assert not connection.is_overdue(begun + 2 * BODY_S)
    connection.resume_reading()
    assert_due(connection, begun + 3 * BODY_S)


@pytest.mark.parametrize("sent", [b"", ASK, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf"])
async def test_whoever_is_overdue_is_cut_off(sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("CHECK_S", 0.01), ("HEADERS_S", 0.1), ("BODY_S", 0.1)):
        monkeypatch.setattr(peers_module, name, seconds)
    app = web.Application()

    async def read(request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    app.router.add_post("/", read)
    port = free_port()
    async with serving(app, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        await ended(reader)
        await closed(writer)


async def test_of_strangers_who_are_idle_the_oldest_make_room_and_who_is_signed_in_stays(
    open_one: Open, all_of_them: Peers
) -> None:
    all_of_them._most_strangers = 3
    _, signed_in, its_writer = await open_one()
    its_writer.write(ASK + b"X-Signed-In: yes\r\n\r\n")
    await signed_in.readuntil(b"\r\n\r\n0")
    _, asking, asking_writer = await open_one()
    asking_writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n")
    await until(lambda: any(one._is_in_body() for one in all_of_them._strangers))

    idle = [await open_one() for _ in range(5)]

    for _, reader, _ in idle[:3]:
        await ended(reader)
    for (_, reader, writer), ask in (
        ((None, signed_in, its_writer), ASK + b"\r\n"),
        ((None, asking, asking_writer), b"12345"),
        (idle[3], ASK + b"\r\n"),
        (idle[4], ASK + b"\r\n"),
    ):
        writer.write(ask)
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("nonsense", [b"\x16\x03\x01\r\n\r\n", b"GET / HTTP/9\r\n\r\n", ASK + b"A B\r\n\r\n"])
async def test_what_is_no_http_is_answered_in_our_words_with_the_headers_of_all_others(
    database: Engine, config: Config, nonsense: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    port = free_port()
    async with serving(make_app(config), port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(nonsense)
        answer = (await reader.read()).decode()
        await closed(writer)

    head, _, body = answer.partition("\r\n\r\n")
    status, *lines = head.split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    assert status == "HTTP/1.0 400 Bad Request"
    assert body == "The server could not make sense of this request.\n"
    assert headers.items() >= {**HEADERS, "Content-Type": "text/plain; charset=utf-8"}.items()
    assert "Server" not in headers
    assert "aiohttp" not in answer
    assert "Python" not in answer
    assert not [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith(("aiohttp.", "app.edge.", "app.process."))
    ]


async def test_idle_connections_of_strangers_leave_descriptors_for_the_others(fresh_folder: Path, address: str) -> None:
    settings = {"DATABASE_URL": address, "SECRET_KEY": SECRET_KEY}
    with parley(fresh_folder, open_files=OPEN_FILES, **settings) as running, ExitStack() as closing:
        running.until_ready()
        alice, bob = logged_in(address, 2)
        own = f"http://127.0.0.1:{running.port}"
        kept = http.client.HTTPConnection("127.0.0.1", running.port, timeout=PATIENCE_S)
        closing.callback(kept.close)
        await asyncio.to_thread(page, kept, alice)
        async with opened(running, [alice]) as (socket_of_alice,), ClientSession(headers={"Cookie": bob}) as bobs:
            for _ in range(IDLE):
                closing.enter_context(socket.create_connection(("127.0.0.1", running.port)))

            with within(3):
                await socket_of_alice.posted("I am here")
                async with bobs.get(own) as answer:  # on a new connection
                    assert answer.status == 200
                await asyncio.to_thread(page, kept, alice)

    said = running.output()
    assert f"at most {OPEN_FILES} files and connections may be open" in said
    assert 1 <= said.count("closed idle connections to make room") <= 5
    assert "Traceback" not in said
    assert "too many files are open" not in said


def page(connection: http.client.HTTPConnection, cookie: str) -> None:
    """Ask for the page on a connection that is kept."""
    connection.request("GET", "/", headers={"Cookie": cookie})
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 200


def test_the_limit_of_open_files_is_raised_as_far_as_it_may_be() -> None:
    script = (
        "import logging, resource; from app.process.descriptors import raise_limit; logging.basicConfig();"
        "soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE);"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (100, hard)); print(raise_limit());"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (100, 200)); print(raise_limit())"
    )
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert run.stdout.split() == [str(hard), "200"]
    assert "at most 200 files and connections may be open" in run.stderr


async def test_what_happens_a_thousand_times_is_a_line_and_then_a_count(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(descriptors, "EVERY_S", 0.01)
    often = Counted("it happened")

    for _ in range(1_000):
        often.add()
    await until(lambda: len(caplog.messages) > 1)

    assert caplog.messages == ["it happened times=1", "it happened times=999"]


async def test_what_cannot_be_accepted_is_counted_and_other_errors_are_logged_whole(
    caplog: pytest.LogCaptureFixture,
) -> None:
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    descriptors.count_refusals(loop)
    try:
        for _ in range(100):
            loop.call_exception_handler({"message": "accept", "exception": OSError(24, "Too many open files")})
        loop.call_exception_handler({"message": "another", "exception": OSError(5, "Input/output error")})
    finally:
        loop.set_exception_handler(before)

    assert caplog.messages == ["a connection could not be accepted, as too many files are open times=1", "another"]


def test_of_many_descriptors_some_are_kept_back_and_of_very_many_not_more() -> None:
    kept = [most - Peers(web.Application(), most)._last_descriptor for most in (512, 2_048, 20_000)]

    assert kept == [96, 256, 512]
