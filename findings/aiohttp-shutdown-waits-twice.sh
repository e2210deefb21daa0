#!/bin/sh
# Guess: shutdown_timeout=2 gives handlers two seconds to end; then they are cancelled.
# In fact: they are cancelled after four. aiohttp waits once for the handler, and once more after it has cancelled the
# reading of the request's body, which a handler that waits for something else does not notice; then comes the
# cancellation. A WebSocket handler that waits for a message, the usual one, is such a handler. The default is 60
# seconds.
# Versions: aiohttp 3.14.5.
# Source: aiohttp/web_protocol.py, RequestHandler.shutdown.

. "$(dirname "$0")/lib.sh"
install aiohttp==3.14.5

expect 'a handler that sleeps: cancelled after twice the time
a WebSocket that waits for a message: cancelled after twice the time' <<'END'
import asyncio
import time

from aiohttp import ClientSession, web

told: dict[str, float] = {}


async def sleeping(request: web.Request) -> web.Response:
    try:
        await asyncio.sleep(60)
    finally:
        told["a handler that sleeps"] = time.monotonic()
    return web.Response()


async def socket(request: web.Request) -> web.WebSocketResponse:
    response = web.WebSocketResponse()
    await response.prepare(request)
    try:
        await response.receive()
    finally:
        told["a WebSocket that waits for a message"] = time.monotonic()
    return response


async def main() -> None:
    app = web.Application()
    app.add_routes([web.get("/sleeping", sleeping), web.get("/socket", socket)])
    runner = web.AppRunner(app, shutdown_timeout=2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with ClientSession(f"http://127.0.0.1:{runner.addresses[0][1]}") as client:
        asking = asyncio.gather(client.get("/sleeping"), client.ws_connect("/socket"), return_exceptions=True)
        await asyncio.sleep(1)
        began = time.monotonic()
        await runner.cleanup()
        await asking
    for name, ended in sorted(told.items(), reverse=True):
        after = ended - began
        print(f"{name}: cancelled after", "twice the time" if 3.5 < after < 6 else f"{after:.1f} seconds")


asyncio.run(main())
END
