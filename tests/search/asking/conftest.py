"""People who search over HTTP, once the index has what was said."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, insert, select, update

from app.chat.keys import ON_WRITTEN
from app.db.schema import messages, rooms
from app.limits import limits
from tests.chat.conftest import Member
from tests.rooms.conftest import Denied
from tests.search.conftest import is_level

MANY = 1_000_000
Excerpt = list[tuple[str, bool]]


@dataclass
class Answer:
    """What a search answered."""

    wire: dict[str, Any]
    places: list[tuple[int, int]] = field(init=False)
    texts: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.places = [(hit["room"], hit["message"]["seq"]) for hit in self.wire["hits"]]
        self.texts = [hit["message"]["text"] for hit in self.wire["hits"]]

    @property
    def next(self) -> str | None:
        found: str | None = self.wire["next"]
        return found

    @property
    def marked(self) -> list[list[str]]:
        """What is marked in the excerpts."""
        return [[text for text, is_hit in hit["excerpt"] if is_hit] for hit in self.wire["hits"]]


@pytest.fixture
def tireless(monkeypatch: pytest.MonkeyPatch) -> None:
    """People may search as often as they like."""
    monkeypatch.setattr(limits, "SEARCHES_BURST", MANY)
    monkeypatch.setattr(limits, "SEARCHES_PER_S", MANY)


async def search(person: Member, q: str, **query: Any) -> Answer:
    """What somebody's question answers.

    Raises:
        Denied
    """
    async with person.browser.get("/api/search", params={"q": q, **query}) as answer:
        body = await answer.json()
        if answer.status != 200:
            raise Denied(answer.status, body["error"]["code"], body["error"]["message"])
        return Answer(body)


async def found(person: Member, q: str, **query: Any) -> list[str]:
    """The texts that somebody finds, the newest first."""
    return (await search(person, q, **query)).texts


async def all_found(person: Member, q: str, **query: Any) -> list[tuple[int, int]]:
    """The places of all hits of all pages."""
    places: list[tuple[int, int]] = []
    more: dict[str, str] = {}
    while True:
        answer = await search(person, q, **query, **more)
        places += answer.places
        if answer.next is None:
            return places
        more = {"before": answer.next}


def say(database: Engine, lines: Sequence[tuple[int, int, datetime, str]]) -> None:
    """Put messages into rooms that are empty: room, author, time and text of each, by rising times."""
    with database.begin() as conn:
        seqs: Counter[int] = Counter()
        for room, author, time, text in lines:
            seqs[room] += 1
            values = {"room_id": room, "seq": seqs[room], "rev": seqs[room], "author_id": author, "body": text}
            conn.execute(insert(messages).values(created_at=time, client_id=uuid4(), **values))
        for room, last in seqs.items():
            conn.execute(update(rooms).where(rooms.c.id == room).values(last_seq=last, last_rev=last))


async def indexed(person: Member, database: Engine) -> None:
    """Ring for all rooms, and wait until the index has what stands in them."""
    with database.connect() as conn:
        heads = [*conn.execute(select(rooms.c.id, rooms.c.last_rev))]
    for room, rev in heads:
        person.app[ON_WRITTEN](room, rev)
    await is_level(database)
