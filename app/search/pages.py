"""What the page of the search shows of an answer; times as they are in the zone of its address."""

from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from msgspec import to_builtins

from app.chat.wire.events import RoomState, wire_time
from app.search.asking import cursor
from app.search.asking.answer import Hit
from app.search.asking.question import MAX_WORDS
from app.search.service import Answered, Asking
from app.search.wire import indexing_of

PATH = "/search"


def link(text: str, zone: tzinfo, room: int | None = None, below: int | None = None) -> str:
    """The address of the page for a question."""
    query: dict[str, object] = {"q": text}
    if room is not None:
        query["room"] = room
    if zone is not UTC:
        query["zone"] = str(zone)
    if below is not None:
        query["before"] = cursor.written(below)
    return f"{PATH}?{urlencode(query)}"


def unanswered(text: str, within: str, zone: tzinfo) -> dict[str, Any]:
    """For the template: a question, as it was typed, that was not asked or not answered; `within` is its room."""
    return {
        "typed": text,
        "within": within,
        "zone": str(zone),
        "room_title": "",
        "everywhere": link(text, zone),
        "refusal": None,
        "is_searched": False,
        "is_first": True,
        "days": [],
        "onward": "",
        "until": "",
        "meant": "",
        "is_cut": False,
        "indexing": None,
        "most_words": MAX_WORDS,
    }


def answered(asking: Asking, answer: Answered, titles: dict[int, str]) -> dict[str, Any]:
    """For the template: the hits by days, and where to go from there; `titles` are those of the rooms."""
    page, zone = answer.page, asking.zone
    hits = [_hit(hit, titles, zone) for hit in page.hits]
    return {
        "room_title": titles.get(asking.room or 0, ""),
        "is_searched": True,
        "is_first": asking.below is None,
        "first": link(asking.text, zone, asking.room),
        "days": [(day, [*of_day]) for day, of_day in groupby(hits, lambda each: each["day"])],
        "onward": "" if page.below is None else link(asking.text, zone, asking.room, page.below),
        "until": "" if page.until is None else wire_time(page.until),
        "until_day": "" if page.until is None else _day(page.until, zone),
        "is_cut": answer.is_cut,
        "meant": answer.meant,
        "meant_link": link(answer.meant or "", zone, asking.room),
        "indexing": indexing_of(answer),
    }


def _hit(hit: Hit, titles: dict[int, str], zone: tzinfo) -> dict[str, Any]:
    message = hit.message
    time = datetime.fromisoformat(message.time).astimezone(zone)
    return {
        "href": f"/rooms/{message.room}/{message.seq}",
        "title": titles.get(message.room, ""),
        "author": to_builtins(message.author),
        "time": message.time,
        "day": _day(time, zone),
        "clock": time.strftime("%H:%M"),
        "excerpt": hit.excerpt,
    }


def _day(time: datetime, zone: tzinfo) -> str:
    return time.astimezone(zone).date().isoformat()


def titles_of(rooms: Iterable[RoomState], user_id: int) -> dict[int, str]:
    """What the rooms of a person are called on their hits, by id."""
    return {room.id: f"# {room.name}" if room.name else room.title(user_id) for room in rooms}
