"""Who is here, by room: people with an open socket, in this process.

A person who comes back within ten seconds never left.
"""

import asyncio
from collections.abc import Collection

from app.chat import events
from app.chat.events import Author, encode
from app.live.client import Client
from app.live.hub import Hub

GRACE_S = 10.0


class Presence:
    """Counts sockets a person and tells rooms when someone arrives or has left."""

    def __init__(self, hub: Hub, grace_s: float = GRACE_S) -> None:
        self._hub = hub
        self._grace_s = grace_s
        self._people: dict[int, dict[int, Author]] = {}
        self._leaving: dict[int, asyncio.TimerHandle] = {}

    def people_in(self, room: int) -> list[Author]:
        return [*self._people.get(room, {}).values()]

    def arrive(self, author: Author, rooms: Collection[int]) -> None:
        """Someone opened a socket."""
        if (timer := self._leaving.pop(author.id, None)) is not None:
            timer.cancel()
        for room in rooms:
            people = self._people.setdefault(room, {})
            if people.get(author.id) != author:
                people[author.id] = author
                self._tell(room, author, here=True)

    def depart(self, client: Client, author: Author) -> None:
        """Someone closed a socket; they have left when it was the last and no other is opened in time."""
        if not self._hub.clients_of(author.id) - {client} and author.id not in self._leaving:
            loop = asyncio.get_running_loop()
            self._leaving[author.id] = loop.call_later(self._grace_s, self._leave, author)

    def close(self) -> None:
        """Cancel what is still to be told."""
        for timer in self._leaving.values():
            timer.cancel()

    def _leave(self, author: Author) -> None:
        del self._leaving[author.id]
        for room, people in [*self._people.items()]:
            if people.pop(author.id, None) is not None:
                self._tell(room, author, here=False)
            if not people:
                del self._people[room]

    def _tell(self, room: int, author: Author, *, here: bool) -> None:
        self._hub.announce(room, encode(events.Presence(room, here, [author])))
