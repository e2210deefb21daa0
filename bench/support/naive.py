"""The usual way, to compare with: a small durable chat on aiohttp and aiopg, as a good tutorial would write it.

    DATABASE_URL=postgresql://… python -m bench.support.naive PORT

One INSERT a message, in a pool of connections, then one `send_str` a socket. Nobody signs in, nothing is acknowledged,
nothing is resumed: less than Parley does.
"""

import json
import os
import sys
from datetime import UTC, datetime

import aiopg
from aiohttp import WSMsgType, web

ROOMS = web.AppKey("rooms", dict[int, set[web.WebSocketResponse]])
POOL = web.AppKey("pool", aiopg.Pool)
TABLE = """
CREATE TABLE IF NOT EXISTS naive_messages (
    id bigserial PRIMARY KEY, room bigint NOT NULL, author text NOT NULL, body text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
)
"""
INSERT = "INSERT INTO naive_messages (room, author, body) VALUES (%s, %s, %s) RETURNING id"


async def websocket(request: web.Request) -> web.WebSocketResponse:
    room = int(request.query["room"])
    readers = request.app[ROOMS].setdefault(room, set())
    ws = web.WebSocketResponse(compress=False)
    await ws.prepare(request)
    readers.add(ws)
    await ws.send_str('{"type":"presence"}')
    try:
        async for frame in ws:
            if frame.type is WSMsgType.TEXT:
                message = await store(request.app[POOL], room, json.loads(frame.data)["text"])
                for reader in list(readers):
                    await reader.send_str(message)
    finally:
        readers.discard(ws)
    return ws


async def store(pool: aiopg.Pool, room: int, text: str) -> str:
    """Write a message; returns its event."""
    async with pool.acquire() as connection, connection.cursor() as cursor:
        await cursor.execute(INSERT, (room, "someone", text))
        (seq,) = await cursor.fetchone()
    author = {"id": 1, "login": "someone", "name": "Someone"}
    time = datetime.now(UTC).isoformat(timespec="milliseconds")
    message = {"type": "message", "room": room, "seq": seq, "rev": seq, "author": author, "time": time, "text": text}
    return json.dumps(message, separators=(",", ":"))


async def make_app() -> web.Application:
    app = web.Application()
    app[ROOMS] = {}
    app[POOL] = await aiopg.create_pool(os.environ["DATABASE_URL"], maxsize=10)
    async with app[POOL].acquire() as connection, connection.cursor() as cursor:
        await cursor.execute(TABLE)
    app.add_routes([web.get("/ws", websocket)])
    return app


if __name__ == "__main__":
    web.run_app(make_app(), host="127.0.0.1", port=int(sys.argv[1]), access_log=None)
