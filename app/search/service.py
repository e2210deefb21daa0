"""Searches of people: counted, a few at once, bounded in time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import tzinfo

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.base.errors import BadQuestion, Unavailable
from app.limits.limits import Limits
from app.search.asking.answer import Page, answer_for
from app.search.asking.meant import meant
from app.search.asking.question import parse
from app.search.index.fill import Progress, progress

MAX_QUESTION_CHARS = 4_000
PAGE_DEFAULT, PAGE_MAX = 20, 50
STATEMENT_TIMEOUT_S = 2.0
WAIT_S = 2.0  # for others' searches to end


class Asking(Struct, frozen=True):
    """What somebody asks: in one `room` or in all, for `most` hits with a number `below` this one, or the newest."""

    text: str
    room: int | None
    below: int | None
    most: int
    is_typing: bool
    zone: tzinfo


class Answered(Struct, frozen=True):
    """A page of hits.

    `is_cut`: only the first words of the question were looked for. `meant`: another question, where this one finds
    nothing. `indexing`: there are older messages, and the index lacks them so far.
    """

    page: Page
    is_cut: bool = False
    meant: str | None = None
    indexing: Progress | None = None


class Search:
    """One a process. Only so many searches run at once that all else finds a connection to the database."""

    def __init__(self, engine: AsyncEngine, limits: Limits, at_once: int) -> None:
        self._transactions, self._limits = engine, limits
        self._turns = asyncio.Semaphore(at_once)

    async def page(self, user_id: int, asking: Asking) -> Answered:
        """The messages that answer a question, from the rooms that somebody is in now.

        Raises:
            BadQuestion: it cannot be meant.
            NotAMember: of the room that it names.
            RateLimited
            SearchTooSlow, Unavailable
        """
        self._limits.count_search(user_id)
        if len(asking.text) > MAX_QUESTION_CHARS:
            raise BadQuestion(f"This has {len(asking.text):,} characters; {MAX_QUESTION_CHARS:,} fit.")
        question = parse(asking.text, is_typing=asking.is_typing)
        if question.is_empty:
            return Answered(Page([]))
        async with self._connection() as conn:
            answer = await answer_for(conn, user_id, question, asking.room, asking.zone)
            page = await answer.page(question, asking.below, asking.most)
            is_all, is_nothing = page.below is None, asking.below is None and not page.hits
            return Answered(
                page,
                question.is_cut,
                meant=await meant(answer, question, asking.text) if is_all and is_nothing else None,
                indexing=await progress(conn) if is_all else None,
            )

    async def progress(self) -> Progress | None:
        """How far the fill of the index is; None when nothing is left to it."""
        async with self._transactions.connect() as conn:
            return await progress(conn)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection]:
        """A connection on which no statement takes long."""
        try:
            async with asyncio.timeout(WAIT_S):
                await self._turns.acquire()
        except TimeoutError:
            raise Unavailable("Many people are searching just now. Try again in a moment.") from None
        try:
            async with self._transactions.connect() as conn:
                limit = f"{STATEMENT_TIMEOUT_S * 1000:.0f}"
                await conn.execute(select(func.set_config("statement_timeout", limit, True)))  # until the rollback
                yield conn
        finally:
            self._turns.release()
