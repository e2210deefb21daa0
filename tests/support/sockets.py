"""A person's WebSocket in tests: sends commands, receives events one by one."""

import asyncio
import json
import uuid
from collections.abc import Callable
from typing import Any

from aiohttp import ClientWebSocketResponse, WSMsgType

from tests.support.browsing import Browser
from tests.support.load import PATIENCE_S


class Closed(Exception):
    """The server closed the socket; the argument is the close code."""


class Socket:
    """See the module. Waits for events, at most `PATIENCE_S` for each."""

    def __init__(self, ws: ClientWebSocketResponse) -> None:
        self.ws = ws
        self._events: list[dict[str, Any]] = []

    async def say(self, **command: Any) -> None:
        await self.ws.send_str(json.dumps(command))

    async def post(self, text: str, room: int = 1, id: str | None = None, **more: Any) -> str:
        """Post a message without waiting for its ack; returns its id."""
        id = id or str(uuid.uuid4())
        await self.say(type="post", room=room, id=id, text=text, **more)
        return id

    async def posted(self, text: str, **more: Any) -> dict[str, Any]:
        """Post a message; returns its ack."""
        return await self.until("ack", id=await self.post(text, **more))

    async def next(self) -> dict[str, Any]:
        """The next event.

        Raises:
            Closed: with the close code.
        """
        while not self._events:
            async with asyncio.timeout(PATIENCE_S):
                message = await self.ws.receive()
            if message.type is WSMsgType.CLOSE:
                raise Closed(message.data)  # `ws.close_code` is 1006 when our answer came too late to be sent
            if message.type is not WSMsgType.TEXT:
                raise Closed(self.ws.close_code)
            self._events = [json.loads(line) for line in message.data.split("\n")]
        return self._events.pop(0)

    async def until(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The next event of that type with those fields; what comes before it is dropped."""
        async with asyncio.timeout(2 * PATIENCE_S):  # for all of them: `heads` come for ever
            while True:
                event = await self.next()
                if event["type"] == kind and fields.items() <= event.items():
                    return event

    async def texts(self, count: int) -> list[str]:
        """The texts of the next messages."""
        return [(await self.until("message"))["text"] for _ in range(count)]

    async def so_far(self) -> list[dict[str, Any]]:
        """All events up to now: those before the refusal of a command that makes no sense."""
        await self.ws.send_str("?")
        events = []
        while (event := await self.next())["type"] != "error":
            events.append(event)
        return events

    async def settle(self) -> None:
        """Wait until the server has obeyed all that was said; the events up to then can still be read."""
        self._events[:0] = await self.so_far()

    async def close_code(self) -> int:
        """How the server closes the socket."""
        try:
            while True:
                await self.next()
        except Closed as closed:
            return int(closed.args[0])


async def until(holds: Callable[[], object]) -> None:
    """Wait until `holds()` is true; for what has no event."""
    async with asyncio.timeout(PATIENCE_S):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def open_socket(browser: Browser, origin: str = "") -> Socket:
    """A socket that has just been opened; its first event is `hello`. `origin`: of the page, if not the server's."""
    ws = await browser.ws_connect("/ws", headers={"Origin": origin or str(browser.make_url("/")).rstrip("/")})
    browser.sockets.append(ws)
    return Socket(ws)
