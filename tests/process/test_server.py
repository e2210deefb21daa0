"""One serving process: it says when it serves, and stops in time whatever its clients do."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession, WSCloseCode, web

from app.base.config import Config
from app.base.errors import BadConfig
from app.process import server
from tests.support.load import within
from tests.support.processes import free_port


@asynccontextmanager
async def serving(app: web.Application, port: int) -> AsyncIterator[tuple[asyncio.Event, asyncio.Task[None]]]:
    """Serve the app; the event stops it, the task has then stopped."""
    stop, ready = asyncio.Event(), asyncio.Event()
    config = Config(_env_file=None, host="127.0.0.1", port=port)
    task = asyncio.create_task(server.serve(app, server.bind(config), stop, ready.set))
    await ready.wait()
    yield stop, task
    stop.set()
    await task


def app_with(handler: object) -> web.Application:
    app = web.Application()
    app.router.add_get("/", handler)  # type: ignore[arg-type]
    return app


async def test_a_request_in_progress_is_answered_before_the_end() -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def answer(request: web.Request) -> web.Response:
        begun.set()
        await go_on.wait()
        return web.Response(text=f"stopping: {request.app[server.STOPPING].is_set()}")

    port = free_port()
    async with serving(app_with(answer), port) as (stop, _), ClientSession() as session:
        asked = asyncio.create_task(session.get(f"http://127.0.0.1:{port}/"))
        await begun.wait()
        stop.set()
        await asyncio.sleep(0)
        go_on.set()
        response = await asked

        assert await response.text() == "stopping: True"


async def test_a_reader_that_stopped_reading_does_not_hold_up_the_end() -> None:
    is_full = asyncio.Event()

    async def flood(request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        while True:
            sending = asyncio.ensure_future(ws.send_bytes(bytes(1_000_000)))
            _, blocked = await asyncio.wait([sending], timeout=0.2)
            if blocked:
                is_full.set()
            await sending

    port = free_port()
    app = app_with(flood)
    async with serving(app, port) as (stop, task):
        with socket.create_connection(("127.0.0.1", port)) as reader:
            handshake = "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            reader.sendall(f"{handshake}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {'A' * 22}==\r\n\r\n".encode())
            await is_full.wait()
            with within(2 * server.STOP_S):
                stop.set()
                await task

            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port))


async def test_sockets_are_closed_by_on_shutdown_with_going_away() -> None:
    app = web.Application()
    opened: list[web.WebSocketResponse] = []

    async def chat(request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        opened.append(ws)
        async for _ in ws:
            pass
        return ws

    async def close_all(_: web.Application) -> None:
        for ws in opened:
            await ws.close(code=WSCloseCode.GOING_AWAY)

    app.router.add_get("/", chat)
    app.on_shutdown.append(close_all)
    port = free_port()
    async with serving(app, port) as (stop, _), ClientSession() as session:
        ws = await session.ws_connect(f"http://127.0.0.1:{port}/")
        stop.set()
        await ws.receive()

        assert ws.close_code == WSCloseCode.GOING_AWAY


def test_an_address_of_another_machine_is_refused_by_name() -> None:
    with pytest.raises(BadConfig, match=r"HOST: Parley cannot listen on 192\.0\.2\.1"):
        server.bind(Config(_env_file=None, host="192.0.2.1"))


def test_processes_of_ours_share_a_port_and_others_do_not() -> None:
    config = Config(_env_file=None, host="127.0.0.1", port=free_port())
    ours = [*server.bind(config, shared=True), *server.bind(config, shared=True)]
    for listener in ours:
        listener.listen()

    waits: list[None] = []
    with pytest.raises(BadConfig, match=f"PORT: {config.port} is in use by another program"):
        server.refuse_taken_port(config, lambda: waits.append(None), patience_s=0.2)
    assert len(waits) == 1
    for listener in ours:
        listener.close()
