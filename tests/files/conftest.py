"""People who upload files: the fixtures of the chat, and a client of the tus protocol."""

import io
import uuid
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from typing import Any

from aiohttp import ClientResponse

from tests.chat.conftest import Member, join, member, server
from tests.support.browsing import Browser, state_in

__all__ = ["Member", "Refused", "Tus", "join", "member", "server", "tus"]

PATH = "/api/uploads"


class Refused(Exception):
    """What was refused: status, code, sentence, headers."""

    def __init__(self, answer: ClientResponse, error: Mapping[str, str]) -> None:
        self.status, self.headers = answer.status, answer.headers
        self.code, self.message = error.get("code", ""), error.get("message", "")
        super().__init__(self.status, self.code)

    def __eq__(self, other: object) -> bool:
        return (self.status, self.code) == other

    __hash__ = None  # type: ignore[assignment]


class Tus:
    """What one person uploads."""

    def __init__(self, browser: Browser, token: str) -> None:
        self._browser, self._token = browser, token

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> ClientResponse:
        """The answer, read whole.

        Raises:
            Refused
        """
        sent = {"Tus-Resumable": "1.0.0", "X-CSRF-Token": self._token}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        async with self._browser.request(method, path, data=body, headers=sent) as answer:
            await answer.read()
            if answer.status >= 400:
                raise Refused(answer, {} if method == "HEAD" else (await answer.json())["error"])
            return answer

    async def begin(self, size: int, id: str | None = None, name: str = "note.txt", alt: str = "") -> str:
        """The id of an upload that has begun."""
        id = id or str(uuid.uuid4())
        given = {"filename": name, "id": id} | ({"alt": alt} if alt else {})
        metadata = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in given.items())
        answer = await self.ask("POST", PATH, Upload_Length=str(size), Upload_Metadata=metadata)
        assert (answer.status, answer.headers["Location"]) == (201, f"{PATH}/{id}")
        return id

    async def offset(self, id: str) -> int:
        return int((await self.ask("HEAD", f"{PATH}/{id}")).headers["Upload-Offset"])

    async def send(self, id: str, at: int, body: bytes | io.BytesIO | AsyncIterator[bytes], **headers: str) -> int:
        """The offset after some bytes."""
        body = io.BytesIO(body) if isinstance(body, bytes) else body
        headers = {"Upload_Offset": str(at), "Content_Type": "application/offset+octet-stream"} | headers
        answer = await self.ask("PATCH", f"{PATH}/{id}", body, **headers)
        assert answer.status == 204
        return int(answer.headers["Upload-Offset"])

    async def give(self, content: bytes, **more: str) -> str:
        """The id of a file that has arrived."""
        id = await self.begin(len(content), **more)
        assert await self.send(id, 0, content) == len(content)
        return id

    async def file(self, id: str) -> dict[str, Any]:
        """A file as messages show it."""
        answer = await self.ask("GET", f"{PATH}/{id}")
        assert answer.status == 200
        return dict((await answer.json())["file"])

    async def end(self, id: str) -> None:
        assert (await self.ask("DELETE", f"{PATH}/{id}")).status == 204


async def tus(person: Member | Browser) -> Tus:
    browser = person if isinstance(person, Browser) else person.browser
    return Tus(browser, state_in((await browser.ask("GET", "/")).text)["csrf_token"])
