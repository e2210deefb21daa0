#!/bin/sh
# Guess: an application of aiohttp that was cleaned up is gone with its last reference, and all that it holds.
# In fact: where it has middlewares, each of its handlers that was asked once is kept in a cache of the module, with the
# application. The last 1,024 of them stay, whatever a garbage collection does. A program with one application never
# notices; tests that make one for each of them hold hundreds, with their pools and templates.
# Versions: aiohttp 3.14.5, Python 3.11.7 and 3.13.0.
# Source: aiohttp/web_app.py, `_cached_build_middleware = lru_cache(maxsize=1024)(_build_middlewares)`.

. "$(dirname "$0")/lib.sh"
install aiohttp==3.14.5

expect 'without a middleware: 0 of 20 closed apps are there
with one: 20 of 20 closed apps are there
with one, and never asked: 0 of 20 closed apps are there
when the cache is emptied: 0 of 20 closed apps are there' <<'END'
import asyncio
import gc
import weakref

from aiohttp import web, web_app
from aiohttp.test_utils import TestClient, TestServer


@web.middleware
async def pass_on(request: web.Request, handler) -> web.StreamResponse:
    return await handler(request)


async def hello(request: web.Request) -> web.Response:
    return web.Response(text="hello")


async def closed(middlewares: list, is_asked: bool = True) -> weakref.ref:
    app = web.Application(middlewares=middlewares)
    app.router.add_get("/", hello)
    async with TestClient(TestServer(app)) as client:
        if is_asked:
            async with client.get("/") as answer:
                assert await answer.text() == "hello"
    return weakref.ref(app)


def say(when: str, apps: list) -> None:
    gc.collect()
    print(f"{when}: {sum(app() is not None for app in apps)} of {len(apps)} closed apps are there")


async def twenty(*of: object) -> list:
    return [await closed(*of) for _ in range(20)]


say("without a middleware", asyncio.run(twenty([])))
kept = asyncio.run(twenty([pass_on]))
say("with one", kept)
say("with one, and never asked", asyncio.run(twenty([pass_on], False)))
web_app._cached_build_middleware.cache_clear()
say("when the cache is emptied", kept)
END
