"""Somebody who uploads and downloads files of Parley, over plain sockets: lean, so that the server is measured."""

import io
import json
import re
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPResponse

BLOCK_BYTES = 256 * 1024
MEGABYTE = 1024 * 1024


class Paced(io.RawIOBase):
    """Bytes that come no faster than a line brings them: `pace` bytes a second, 0 for as fast as they are read."""

    def __init__(self, content: bytes, pace: float) -> None:
        self._content, self._pace = memoryview(content), pace
        self._begun, self._at = time.monotonic(), 0

    def read(self, size: int = -1) -> bytes:
        data = self._content[self._at : self._at + (len(self._content) if size < 0 else size)]
        self._at += len(data)
        keep_pace(self._begun, self._at, self._pace)
        return bytes(data)


def keep_pace(begun: float, count: int, pace: float) -> None:
    """Sleep until so many bytes may have passed."""
    if pace:
        time.sleep(max(0, begun + count / pace - time.monotonic()))


class Exchange:
    """One person's connection to a Parley."""

    def __init__(self, port: int, cookie: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=600, blocksize=BLOCK_BYTES)
        self._cookie = cookie
        answer = self._ask("GET", "/")
        self._cookie = answer.headers.get("Set-Cookie", cookie).partition(";")[0]  # that the token belongs to
        found = re.search(r'"csrf_token":"([^"]+)"', answer.read().decode())
        assert found, "the page has no token"
        self._token = str(json.loads(f'"{found[1]}"'))

    def upload(self, content: bytes, pace: float = 0) -> str:
        """Upload a file in one request; its id, once a message may carry it."""
        tus = {"Tus-Resumable": "1.0.0", "X-CSRF-Token": self._token}
        begun = self._ask("POST", "/api/uploads", headers={**tus, "Upload-Length": str(len(content))})
        path = begun.headers["Location"]
        begun.read()
        sent = {**tus, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        self._ask("PATCH", path, Paced(content, pace), {**sent, "Content-Length": str(len(content))}).read()
        while (answer := self._ask("GET", path)).status != 200:
            answer.read()
            time.sleep(0.05)
        return str(json.loads(answer.read())["file"]["id"])

    def download(self, id: str, pace: float = 0) -> int:
        """How many bytes of a file came."""
        return drained(self._ask("GET", f"/files/{id}/name"), pace)

    def close(self) -> None:
        self._connection.close()

    def _ask(
        self, method: str, path: str, body: io.RawIOBase | None = None, headers: Mapping[str, str] | None = None
    ) -> HTTPResponse:
        self._connection.request(method, path, body, {"Cookie": self._cookie, **(headers or {})})
        answer = self._connection.getresponse()
        assert answer.status < 300, f"{method} {path}: {answer.status} {answer.read(300)!r}"
        return answer


def drained(answer: HTTPResponse, pace: float = 0) -> int:
    """Read an answer to its end; how many bytes it had."""
    block, count, begun = bytearray(BLOCK_BYTES), 0, time.monotonic()
    while got := answer.readinto(block):
        count += got
        keep_pace(begun, count, pace)
    return count
