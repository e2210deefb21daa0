"""What answers one question of one person: candidates from the index, judged as they are now, a page at a time."""

from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from app.base.errors import NotAMember
from app.chat.memberships.members import is_member
from app.chat.messages.message import Message
from app.chat.messages.queries import messages_at
from app.search.asking import pages, queries
from app.search.asking.dates import EVER
from app.search.asking.excerpt import Excerpt
from app.search.asking.filters import Filters, Wanted
from app.search.asking.judge import Judge
from app.search.asking.question import Question
from app.search.asking.tsquery import tsquery_of
from app.search.asking.windows import Asked, Windows
from app.search.index.statements import DISORDER, SEGMENT, Candidate, segments
from app.search.index.terms import in_room

BUDGET_S = 0.2  # for one page; then what was found is shown
FEW_ROOMS = 16  # are named in the tsquery; more would make it slower


class Hit(Struct, frozen=True):
    """A message that was asked for, with what is shown of it."""

    room: int
    message: Message
    excerpt: Excerpt


class Page(Struct, frozen=True):
    """Hits, the newest first; `below` and `until` as in `pages.Found`."""

    hits: list[Hit]
    below: int | None = None
    until: datetime | None = None


class Answer:
    """Finds the hits of questions that have the same filters."""

    def __init__(self, conn: AsyncConnection, user_id: int, wanted: Wanted, rooms: list[int]) -> None:
        self._conn, self._user_id, self._wanted, self._rooms = conn, user_id, wanted, rooms

    async def page(self, question: Question, below: int | None, most: int, budget_s: float | None = None) -> Page:
        """The newest `most` hits with a number below this one, in the time for a page or another.

        Raises:
            SearchTooSlow
        """
        windows = await self._windows(question, below, most, BUDGET_S if budget_s is None else budget_s)
        if windows is None:
            return Page([])
        judge = Judge(question)
        found = await pages.page(windows, lambda row: self._accepts(judge, row), self._wanted.when.begin, most)
        return Page(await self._hits(judge, found.hits), found.below, found.until)

    async def _windows(self, question: Question, below: int | None, most: int, budget_s: float) -> Windows | None:
        """Where to read; None where there is nothing."""
        when = self._wanted.when
        since, until = (None if end in EVER else end for end in when)
        there = await segments(self._conn, since=since, until=until)
        if not self._rooms or there.hi < there.lo or when.end <= when.begin:
            return None
        numbers = [(there.hi + 1) * SEGMENT, below]
        if until is not None:
            numbers.append(await queries.number_at(self._conn, self._rooms, until + DISORDER))
        before = min(number for number in numbers if number is not None)
        tsquery = tsquery_of(question.wanted, self._wanted)
        return Windows(self._conn, Asked(tsquery, self._user_id, there, before), most + 1, budget_s)

    def _accepts(self, judge: Judge, row: Candidate) -> bool:
        is_then = self._wanted.when.begin <= row.time < self._wanted.when.end
        return is_then and not row.is_deleted and judge.accepts(row.body, [name for _, name in row.files or ()])

    async def _hits(self, judge: Judge, rows: Iterable[Candidate]) -> list[Hit]:
        """The whole messages of candidates, where they still are what was asked for."""
        places = [(row.room, row.seq) for row in rows]
        if not places:
            return []
        found = {(each.room, each.seq): each for each in await messages_at(self._conn, self._user_id, places)}
        bodies = {(row.room, row.seq): row.body for row in rows}
        return [
            Hit(message.room, message, judge.excerpt(message.text, names_of(message)))
            for place in places
            if (message := found.get(place)) and self._is_hit(judge, message, bodies[place])
        ]

    def _is_hit(self, judge: Judge, message: Message, judged: str) -> bool:
        is_accepted = message.text == judged or judge.accepts(message.text, names_of(message))
        return not message.deleted and is_accepted and all(holds(message) for holds in self._wanted.checks)


def names_of(message: Message) -> list[str]:
    """The names of its files, which never change."""
    return [file.name for file in message.files]


async def answer_for(conn: AsyncConnection, user_id: int, question: Question, room: int | None, zone: tzinfo) -> Answer:
    """What answers questions with the filters of this one, in a room or in all.

    Raises:
        BadQuestion: a filter cannot be meant.
        NotAMember: of this room.
    """
    wanted = await Filters(conn, user_id, datetime.now(UTC), zone).wanted(question.filters)
    rooms = await queries.busiest_rooms_of(conn, user_id, FEW_ROOMS + 1)
    if room is not None:
        if not await is_member(conn, room, user_id):
            raise NotAMember()
        wanted.any_of([in_room(room)])
    elif len(rooms) <= FEW_ROOMS:
        wanted.any_of(map(in_room, rooms))
    return Answer(conn, user_id, wanted, rooms)
