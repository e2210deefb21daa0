"""People who make rooms: the fixtures of the chat, and requests with the token of the page."""

from dataclasses import dataclass
from typing import Any

from tests.chat.conftest import Member, join, member, server
from tests.support.browsing import Browser, state_in

__all__ = ["Denied", "Requests", "join", "member", "server"]


@dataclass
class Denied(Exception):
    """What was refused: status and code."""

    status: int
    code: str
    message: str

    def __eq__(self, other: object) -> bool:
        return (self.status, self.code) == other


class Requests:
    """What somebody asks of rooms over HTTP."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._token = ""

    async def ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """The answer.

        Raises:
            Denied
        """
        if not self._token:
            self._token = state_in((await self._browser.ask("GET", "/")).text)["csrf_token"]
        async with self._browser.request(method, path, json=body, headers={"X-CSRF-Token": self._token}) as answer:
            answered: dict[str, Any] = await answer.json()
            if answer.status >= 400:
                raise Denied(answer.status, answered["error"]["code"], answered["error"]["message"])
            return answered

    async def make(self, name: str, **more: str) -> int:
        """The id of a new room."""
        return int((await self.ask("POST", "/api/rooms", {"name": name, **more}))["room"]["id"])

    async def change(self, room: int, **values: object) -> dict[str, Any]:
        return await self.ask("PATCH", f"/api/rooms/{room}", values)

    async def join(self, room: int) -> dict[str, Any]:
        return dict((await self.ask("POST", f"/api/rooms/{room}/join"))["room"])

    async def leave(self, room: int) -> None:
        await self.ask("POST", f"/api/rooms/{room}/leave")

    async def members(self, room: int) -> list[str]:
        return [each["login"] for each in (await self.ask("GET", f"/api/rooms/{room}/members"))["people"]]

    async def add(self, room: int, *logins: str) -> None:
        await self.ask("POST", f"/api/rooms/{room}/members", {"logins": logins})

    async def remove(self, room: int, person: Member) -> None:
        await self.ask("DELETE", f"/api/rooms/{room}/members/{person.author['id']}")

    async def direct(self, *logins: str) -> int:
        return int((await self.ask("POST", "/api/directs", {"logins": logins}))["room"]["id"])

    async def found(self, words: str = "") -> list[tuple[str, int]]:
        """The rooms that one may join, with the number of their members."""
        rooms = (await self.ask("GET", f"/api/rooms?q={words}"))["rooms"]
        return [(each["name"], each["members"]) for each in rooms]

    async def people(self, words: str) -> list[str]:
        return [each["login"] for each in (await self.ask("GET", f"/api/people?q={words}"))["people"]]


async def conversation(person: Member, other: Member) -> int:
    """A direct conversation that one has begun with a message; both follow it."""
    room = await by(person).direct(other.author["login"])
    await person.socket.until("live", room=room)
    await person.socket.posted("hello", room=room)
    await other.socket.until("live", room=room)
    return room


def by(person: Member) -> Requests:
    return Requests(person.browser)
