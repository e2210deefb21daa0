"""What one client uploads: by the tus protocol, from the byte where it is, until it is whole; whatever dies meanwhile.

It writes files in pieces, so that a fault may come between them.
"""

import asyncio
import base64
import random
import uuid
from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec
from aiohttp import ClientError, ClientResponse, ClientSession

from tests.faults.checker.files import content_of
from tests.faults.client.plan import Person, Plan

LOST = (ClientError, OSError, TimeoutError)
ANSWER_S = 20
TRY_AGAIN_S = 0.1
AGAIN = 0.3  # how often a message also carries a file that another one has
REMEMBERED = 20
MOST = 5  # messages that wait for their files
MOST_BYTES = 100_000  # of a piece
MOVES = 0.5  # how often the next piece takes another connection, which another process may get
GIVES_UP = {"too_many_uploads", "server_full", "too_large"}


class GivenUp(Exception):
    """The server takes no more files of this person."""


class Uploads:
    """See the module."""

    def __init__(self, person: Person, plan: Plan, http: ClientSession, chance: random.Random) -> None:
        self._http, self._chance = http, chance
        self._url = f"{plan.url}/api/uploads"
        self._headers = {"Cookie": f"parley={person.cookie}", "X-CSRF-Token": person.csrf_token}
        self._given: deque[str] = deque(maxlen=REMEMBERED)
        self._tasks: set[asyncio.Task[None]] = set()
        self._headers |= {"Origin": plan.url, "Tus-Resumable": "1.0.0"}

    def __len__(self) -> int:
        """How many messages wait for their files."""
        return len(self._tasks)

    @property
    def may_begin(self) -> bool:
        return len(self._tasks) < MOST

    def begin(self, post: Callable[[tuple[str, ...]], None]) -> None:
        """Upload a file, or two, or take one that another message has; then post what carries them."""
        files = [
            str(uuid.UUID(int=self._chance.getrandbits(128), version=4)) for _ in range(self._chance.randint(1, 2))
        ]
        task = asyncio.create_task(self._carry(files, post))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _carry(self, files: list[str], post: Callable[[tuple[str, ...]], None]) -> None:
        again = self._chance.choice(self._given) if self._given and self._chance.random() < AGAIN else None
        try:
            for file in files:
                await self._give(file)
        except GivenUp:
            return
        self._given += files
        post((*files, again) if again else (*files,))

    async def _give(self, file: str) -> None:
        """Upload a file; returns when messages may carry it.

        Raises:
            GivenUp
        """
        content = content_of(file)
        while True:
            try:
                async with asyncio.timeout(ANSWER_S):
                    refusal = await self._go_on(file, content)
            except LOST:
                refusal = {}
            if refusal is None:
                return
            if refusal.get("code") in GIVES_UP:
                raise GivenUp
            await asyncio.sleep(max(TRY_AGAIN_S, refusal.get("retry_after") or 0))

    async def _go_on(self, file: str, content: bytes) -> dict[str, Any] | None:
        """Go on where it is; None once it is whole, else why it is not yet."""
        at, refusal = await self._offset(file, len(content))
        while refusal is None and at < len(content):
            piece = content[at : at + self._chance.randint(1, MOST_BYTES)]
            headers = {"Upload-Offset": str(at), "Content-Type": "application/offset+octet-stream"}
            if self._chance.random() < MOVES:
                headers["Connection"] = "close"
            answer, refusal = await self._ask("PATCH", file, headers, piece)
            at = int(answer.headers.get("Upload-Offset", at))
        if refusal is None:
            answer, refusal = await self._ask("GET", file)
            refusal = {} if refusal is None and answer.status != 200 else refusal
        return refusal

    async def _offset(self, file: str, size: int) -> tuple[int, dict[str, Any] | None]:
        answer, refusal = await self._ask("HEAD", file)
        if answer.status == 404:
            given = {"filename": f"{file}.bin", "id": file}
            pairs = (f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in given.items())
            answer, refusal = await self._ask(
                "POST", "", {"Upload-Length": str(size), "Upload-Metadata": ",".join(pairs)}
            )
        return int(answer.headers.get("Upload-Offset", 0)), refusal

    async def _ask(
        self, method: str, file: str, headers: dict[str, str] | None = None, body: bytes = b""
    ) -> tuple[ClientResponse, dict[str, Any] | None]:
        """The answer, and the refusal where it is one."""
        url = f"{self._url}/{file}" if file else self._url
        async with self._http.request(method, url, headers=self._headers | (headers or {}), data=body) as answer:
            said = await answer.read()
        if answer.status < 400:
            return answer, None
        try:
            refusal: dict[str, Any] = msgspec.json.decode(said)["error"]
        except (msgspec.DecodeError, KeyError):
            refusal = {}
        return answer, refusal
