"""Someone who posts at a steady rate; each text says when it was posted, for `bench.support.readers`."""

import asyncio
import json
import time
import uuid

from aiohttp import ClientSession

from bench.support.alongside import Alongside

ROOM = 1


class Writer(Alongside):
    """Posts `rate` messages a second of `size` characters while the block lasts, from a thread of its own."""

    def __init__(self, address: str, cookie: str, rate: int, size: int) -> None:
        super().__init__()
        self._address, self._cookie = address, cookie
        self._rate, self._size = rate, size
        self.posted = self.acknowledged = 0

    def _run(self) -> None:
        asyncio.run(self._live())

    async def _live(self) -> None:
        headers = {"Cookie": self._cookie, "Origin": self._address}
        async with ClientSession() as http, http.ws_connect(f"{self._address}/ws", headers=headers) as ws:
            posting = asyncio.create_task(self._post(ws.send_str))
            while self.acknowledged < self.posted or not posting.done():
                self.acknowledged += (await ws.receive_str()).count('"type":"ack"')
            await posting

    async def _post(self, send: object) -> None:
        assert callable(send)
        begun = time.monotonic()
        is_last = False
        while not is_last:
            is_last = self._over.is_set()  # asked before the post, so that an ack is still to come after the last one
            text = f"|{time.monotonic_ns()}|".ljust(self._size, "語")
            self.posted += 1
            await send(json.dumps({"type": "post", "room": ROOM, "id": str(uuid.uuid4()), "text": text}))
            if not is_last:
                await asyncio.sleep(max(0, begun + self.posted / self._rate - time.monotonic()))
