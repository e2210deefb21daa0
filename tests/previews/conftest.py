"""A web of this machine's own: servers on loopback addresses, of which 127.0.0.2 counts as public."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

PUBLIC, PRIVATE = "127.0.0.2", "127.0.0.1"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Site = Callable[..., Awaitable[str]]


def is_public_here(address: str, port: int) -> bool:
    return address == PUBLIC


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """Serves handlers by path: `address = await site({"/": handler})`; at a private address with `at=PRIVATE`."""
    servers: list[TestServer] = []

    async def serve(handlers: dict[str, Handler], at: str = PUBLIC) -> str:
        app = web.Application()
        app.add_routes([web.get(path, handler) for path, handler in handlers.items()])
        server = TestServer(app, host=at)
        await server.start_server()
        servers.append(server)
        return f"http://{at}:{server.port}"

    yield serve
    for server in servers:
        await server.close()


def answers(text: str = "", **options: object) -> Handler:
    """A handler that answers with HTML, or with what `options` of `web.Response` say."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(**({"text": text, "content_type": "text/html"} | options))  # type: ignore[arg-type]

    return answer


def leads_to(url: str) -> Handler:
    return answers(status=302, headers={"Location": url})
