"""What the filters of a question mean for one person: whom, where and when they name, as the index is asked for it.

Nothing here shows whether a room exists that one is not in.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from sqlalchemy.ext.asyncio import AsyncConnection

from app.base.errors import BadQuestion
from app.base.folding import folded, words
from app.chat.markup.links import addresses
from app.chat.markup.mentions import ALL, EVERYONE
from app.chat.messages.message import Message
from app.search.asking import queries
from app.search.asking.dates import EVER, Span, span_of
from app.search.asking.question import Filter
from app.search.index.terms import CODE, FILE, LINK, PICTURE, REACTION, asked, by_author, calling, in_room

ME = "me"
MAX_SHOWN_CHARS = 64  # of what was typed, in a sentence about it
_JOINED = re.compile("[-_]")  # in:design-team names the room “Design team”, too
_DATES = "Write a day as in 2026-01-31, a month as in 2026-01, a year, today or yesterday."

Check = Callable[[Message], bool]


@dataclass(slots=True)
class Wanted:
    """What is asked for beside words.

    Attributes:
        terms: conditions of a tsquery, of which all are to hold; `is_bounded` where one of them names what is wanted.
        checks: what a message as it is now must hold beside that.
        when: the time of the message.
    """

    terms: list[str] = field(default_factory=list)
    is_bounded: bool = False
    checks: list[Check] = field(default_factory=list)
    when: Span = EVER

    def any_of(self, terms: Iterable[str], *, but: str | None = None, is_unwanted: bool = False) -> None:
        """One of these terms is wanted, without that one; or what has them so is unwanted."""
        either = "|".join(map(asked, terms)) or asked(in_room(0))  # which no room is
        meant = f"({either})" if but is None else f"(({either})&!{asked(but)})"
        self.terms.append(f"!{meant}" if is_unwanted else meant)
        self.is_bounded = self.is_bounded or not is_unwanted

    def check(self, holds: Check, *, is_unwanted: bool = False) -> None:
        self.checks.append((lambda message: not holds(message)) if is_unwanted else holds)


def _has_link(message: Message) -> bool:
    typed = (address.href for address in addresses(message.text))
    return any(href.startswith("http") for href in typed) or '<a href="http' in (message.html or "")


def _has_code(message: Message) -> bool:
    return "<code>" in (message.html or "")


def _has_reactions(message: Message) -> bool:
    return bool(message.reactions)


def _has_files(message: Message) -> bool:
    return bool(message.files)


def _has_pictures(message: Message) -> bool:
    return any(file.kind == "picture" for file in message.files)


_HAS: dict[str, tuple[str, Check]] = {
    "link": (LINK, _has_link),
    "code": (CODE, _has_code),
    "reaction": (REACTION, _has_reactions),
    "file": (FILE, _has_files),
    "picture": (PICTURE, _has_pictures),
}


class Filters:
    """Finds out what filters mean for one person, at one time, in one zone."""

    def __init__(self, conn: AsyncConnection, user_id: int, now: datetime, zone: tzinfo) -> None:
        self._conn, self._user_id, self._now, self._zone = conn, user_id, now, zone
        self._wanted = Wanted()
        self._named: dict[tuple[str, bool], set[int]] = {}

    async def wanted(self, filters: Iterable[Filter]) -> Wanted:
        """What they mean together: one of those with the same name must hold, and all with different names.

        One that is still being typed, and means nothing yet, is left out.

        Raises:
            BadQuestion: one cannot be meant.
        """
        for each in dict.fromkeys(filters):
            try:
                await self._take(each)
            except BadQuestion:
                if not each.is_unfinished:
                    raise
        for (name, is_unwanted), ids in self._named.items():
            self._want(name, ids, is_unwanted)
        return self._wanted

    async def _take(self, given: Filter) -> None:
        match given.name:
            case "before" | "after" | "on":
                self._take_date(given)
            case "has":
                self._take_kind(given)
            case _:
                ids = await self._ids(given)
                self._named.setdefault((given.name, given.is_unwanted), set()).update(ids)

    def _take_date(self, given: Filter) -> None:
        span = span_of(given.value, self._now, self._zone)
        if span is None:
            raise _bad(f"“{_short(given.value)}” is no date. {_DATES}")
        if given.is_unwanted:
            raise _bad("“-” cannot stand before a date. Ask with before: and after: instead.")
        meant = {"before": Span(EVER.begin, span.begin), "after": Span(span.end, EVER.end)}.get(given.name, span)
        self._wanted.when = self._wanted.when.within(meant)

    def _take_kind(self, given: Filter) -> None:
        if (kind := _HAS.get(given.value.lower().removesuffix("s"))) is None:
            raise _bad("“has:” goes with file, picture, link, code or reaction.")
        self._wanted.any_of(kind[:1], is_unwanted=given.is_unwanted)
        self._wanted.check(kind[1], is_unwanted=given.is_unwanted)

    async def _ids(self, given: Filter) -> list[int]:
        """The people or rooms that a filter names."""
        if given.name == "to":
            if given.value.lower().removeprefix("@") != ME:
                raise _bad("“to:” goes with “me”: what others wrote to you in direct conversations.")
            return await queries.directs_of(self._conn, self._user_id)
        if given.name == "in":
            if not (found := await self._rooms(given.value)):
                raise _bad(f"You are in no room called “{_short(given.value)}”.")
            return found
        if given.name == "mentions" and given.value.lower().removeprefix("@") == ALL:
            return [EVERYONE]
        if not (found := await self._people(given.value)):
            raise _bad(f"Nobody here is called “{_short(given.value)}”.")
        return found

    async def _people(self, typed: str) -> list[int]:
        name = typed.removeprefix("@")
        return [self._user_id] if name.lower() == ME else await queries.people_called(self._conn, name)

    async def _rooms(self, typed: str) -> list[int]:
        if typed.startswith("@"):
            return await queries.directs_of(self._conn, self._user_id, await self._people(typed))
        name = typed.removeprefix("#")
        key, begins = folded(name), [f" {word}" for word in words(_JOINED.sub(" ", name))]
        own = await queries.named_rooms_of(self._conn, self._user_id)
        so_called = [room.id for room in own if room.folded_name == key]
        beginning_so = [room.id for room in own if begins and all(each in f" {room.folded_name}" for each in begins)]
        return so_called or beginning_so

    def _want(self, name: str, ids: set[int], is_unwanted: bool) -> None:
        wanted = self._wanted
        match name:
            case "from":
                wanted.any_of(map(by_author, ids), is_unwanted=is_unwanted)
            case "in":
                wanted.any_of(map(in_room, ids), is_unwanted=is_unwanted)
            case "to":
                wanted.any_of(map(in_room, ids), but=by_author(self._user_id), is_unwanted=is_unwanted)
            case "mentions":
                called = ids | {EVERYONE} if self._user_id in ids else ids
                wanted.any_of(map(calling, called), is_unwanted=is_unwanted)
                wanted.check(lambda message: not called.isdisjoint(message.mentions), is_unwanted=is_unwanted)


def _bad(sentence: str) -> BadQuestion:
    return BadQuestion(f"{sentence} To search for these words, put them in quotation marks.")


def _short(value: str) -> str:
    return value if len(value) <= MAX_SHOWN_CHARS else f"{value[:MAX_SHOWN_CHARS]}…"
