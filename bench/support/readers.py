"""Many sockets that read as fast as they can, lean enough that it is the server which is measured.

A `Flock` is a process of its own with its sockets in it; `python -m bench.support.readers` is that process. It
takes orders as lines on stdin, and answers with JSON, one a line.
"""

import asyncio
import json
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from typing import Any

ROOM = 1
SENT_AT = re.compile(rb"\|(\d+)\|")  # in a message's text: when it was posted, in ns of the monotonic clock
LONGEST_TIME = 22
BIN_S = 0.000_05  # latencies are counted in bins of this width
CLOSE, PING, PONG = b"\x88\x02", b"\x89\x00", b"\x8a\x80\0\0\0\0"
CONNECT_AT_ONCE = 50
RETRY_S = 1


def masked_text(text: str) -> bytes:
    """A client's frame, masked with zeros."""
    payload = text.encode()
    assert 126 <= len(payload) < 65_536 or len(payload) < 126
    size = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2, "big")
    return b"\x81" + size + bytes(4) + payload


class Reader(asyncio.Protocol):
    """One socket: shakes hands, resumes from its cursor, then counts what comes. It trusts the server's frames."""

    def __init__(self, sockets: "Sockets", cookie: str) -> None:
        self._sockets, self._cookie = sockets, cookie
        self._transport: Any = None
        self._seen = b""  # until it is live
        self._tail = b""
        self._rev = b""
        self._has_resumed = self.is_live = False

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        port = self._sockets.port
        transport.write(
            f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\nConnection: Upgrade\r\n"
            f"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {'A' * 22}==\r\n"
            f"Cookie: {self._cookie}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        if PING in data:
            self._transport.write(PONG)
        if self.is_live:
            self._count(data)
        else:
            self._seen += data
            self._greet()
        if data[-4:].startswith(CLOSE):
            self._transport.close()

    def connection_lost(self, _: Exception | None) -> None:
        end = (self._seen or self._tail)[-4:]
        code = int.from_bytes(end[2:], "big") if end.startswith(CLOSE) else None
        status = None if self._has_resumed else self._seen[9:12].decode() or None
        self._sockets.lost(self, self._cookie, str(code or (status if status != "101" else None)))

    @property
    def cursor(self) -> int:
        digits = re.match(rb"\d+", self._rev)
        return int(digits[0]) if digits else 0

    def _greet(self) -> None:
        if not self._has_resumed and (epoch := re.search(rb'"epoch":"([^"]+)"', self._seen)):
            self._has_resumed = True
            rooms = re.search(rb'"last_rev":(\d+)', self._seen)
            cursor = self._sockets.cursor_of(self._cookie, int(rooms[1]) if rooms else 0)
            resume = {"type": "resume", "epoch": epoch[1].decode(), "rooms": {str(ROOM): cursor}}
            self._transport.write(masked_text(json.dumps(resume)))
        if b'"type":"live"' in self._seen:
            self.is_live = True
            self._count(self._seen)
            self._seen = b""
            self._sockets.went_live()

    def _count(self, data: bytes) -> None:
        if (rev := data.rfind(b'"rev":')) >= 0:
            self._rev = data[rev + 6 : rev + 26]
        now = time.monotonic_ns()
        known = len(self._tail)
        data = self._tail + data  # a time may have come in two parts
        for found in SENT_AT.finditer(data):
            if found.end() > known:
                self._sockets.latencies[int((now - int(found[1])) / 1e9 / BIN_S)] += 1
        self._tail = data[-LONGEST_TIME:]


class Sockets:
    """All sockets of this process. Those that are closed come back within `jitter_s`, if that is given."""

    def __init__(self, port: int, cookies: list[str], jitter_s: float | None, behind: int) -> None:
        self.port = port
        self.latencies: Counter[int] = Counter()
        self.closed: Counter[str] = Counter()
        self._cookies = cookies
        self._jitter_s, self._behind = jitter_s, behind
        self._cursors: dict[str, int] = {}
        self._live = 0
        self._returning: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        slots = asyncio.Semaphore(CONNECT_AT_ONCE)

        async def one(cookie: str) -> None:
            async with slots:
                await self._connect(cookie)

        await asyncio.gather(*map(one, self._cookies))

    def cursor_of(self, cookie: str, newest: int) -> int:
        """Where a socket resumes: some changes behind where it was, or at the end when it is new."""
        return max(0, self._cursors.get(cookie, newest + self._behind) - self._behind)

    def went_live(self) -> None:
        self._live += 1
        if self._live == len(self._cookies):
            report(event="live", at=time.monotonic())

    def lost(self, reader: Reader, cookie: str, code: str) -> None:
        self.closed[code] += 1
        if reader.is_live:
            self._live -= 1
            self._cursors[cookie] = reader.cursor
        if self._jitter_s is not None:
            self._come_back(cookie, self._jitter_s if code == "1001" else RETRY_S)

    def _come_back(self, cookie: str, within_s: float) -> None:
        async def soon() -> None:
            await asyncio.sleep(random.uniform(0, within_s))
            try:
                await self._connect(cookie)
            except OSError:
                self._come_back(cookie, RETRY_S)  # nobody listens yet

        task = asyncio.create_task(soon())
        self._returning.add(task)
        task.add_done_callback(self._returning.discard)

    async def _connect(self, cookie: str) -> None:
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: Reader(self, cookie), "127.0.0.1", self.port)

    def report(self) -> dict[str, Any]:
        """What was seen since the last report."""
        seen = {"event": "report", "live": self._live, "latencies": dict(self.latencies), "closed": dict(self.closed)}
        self.latencies.clear()
        self.closed.clear()
        return seen


class Flock:
    """A process with sockets in it, one for each cookie, as its parent sees it."""

    def __init__(self, port: int, cookies: list[str], jitter_s: float | None = None, behind: int = 0) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.support.readers"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._say(json.dumps({"port": port, "cookies": cookies, "jitter_s": jitter_s, "behind": behind}))

    def until_live(self) -> float:
        """Wait until every socket is live; returns when that was, by the monotonic clock."""
        return float(self._wait_for("live")["at"])

    def report(self) -> dict[str, Any]:
        """What the sockets saw since the last report."""
        self._say("report")
        return self._wait_for("report")

    def stop(self) -> None:
        """Let it read no more, without a word."""
        self._process.send_signal(signal.SIGSTOP)

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _wait_for(self, event: str) -> dict[str, Any]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if (answer := json.loads(line))["event"] == event:
                return dict(answer)
        raise AssertionError("the readers have died")


def report(**what: Any) -> None:
    print(json.dumps(what), flush=True)


async def main() -> None:
    loop = asyncio.get_running_loop()
    stdin = asyncio.StreamReader(limit=64 * 1024 * 1024)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stdin), sys.stdin)
    sockets = Sockets(**json.loads(await stdin.readline()))
    opening = asyncio.create_task(sockets.open())
    while await stdin.readline():
        report(**sockets.report())
    opening.cancel()


if __name__ == "__main__":
    asyncio.run(main())
