"""The only writer of messages: group commit.

While one transaction runs, the next batch gathers; there is no timer, so a lone message waits for nothing and under
load batches form by themselves. Owns the order in which this process's posts are written; knows neither sockets nor
rooms' members: each entry brings the callback that answers it.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.chat.append import Appended, NewMessage, append_messages
from app.chat.commands import Post
from app.chat.events import Ack, Author, Message
from app.db.engine import DATABASE_GONE, autocommit
from app.errors import AppError, BadCommand, IdConflict, NotAMember, Unavailable

log = logging.getLogger(__name__)

MAX_BATCH = 1_000
MAX_WAITING = 10_000
ATTEMPTS = 3
# Another transaction wrote one of these ids meanwhile, or nobody knows what became of them: the ids tell.
TRY_AGAIN: tuple[type[Exception], ...] = (IntegrityError, *DATABASE_GONE)

Answer = Callable[[Ack | AppError], None]
Identity = tuple[int, int, object]


@dataclass(frozen=True, slots=True)
class Entry:
    """A post on its way to the database; `answer` is called exactly once, after the commit or the refusal."""

    author: Author
    post: Post
    answer: Answer

    @property
    def identity(self) -> Identity:
        return self.post.room, self.author.id, self.post.id

    def as_row(self) -> NewMessage:
        return NewMessage(self.post.room, self.author.id, self.post.id, self.post.text, self.post.reply_to)

    def as_message(self, outcome: Appended) -> Message:
        """The event of this entry, once `outcome` says that it was written."""
        assert outcome.seq is not None  # noqa: S101 (for the type checker)
        assert outcome.rev is not None  # noqa: S101
        return Message(
            self.post.room, outcome.seq, outcome.rev, self.author, outcome.time, outcome.body, outcome.reply_to
        )


class Journal:
    """Appends entries in the order in which they came; `publish` hears of new messages after their acks."""

    def __init__(self, engine: AsyncEngine, publish: Callable[[list[Message]], None]) -> None:
        self._engine = autocommit(engine)
        self._publish = publish
        self._waiting: list[Entry] = []
        self._arrived = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._closing = False

    def append(self, entry: Entry) -> None:
        """Take an entry; it is answered later.

        Raises:
            Unavailable: too much waits already, or the process is about to stop.
        """
        if self._closing or len(self._waiting) >= MAX_WAITING:
            raise Unavailable(retry_after_s=1)
        self._waiting.append(entry)
        self._idle.clear()
        self._arrived.set()

    async def run(self) -> None:
        """Write batch after batch; endless."""
        while True:
            await self._arrived.wait()
            batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
            if batch:
                await self._process(batch)
            if not self._waiting:
                self._arrived.clear()
                self._idle.set()

    async def close(self) -> None:
        """Refuse new entries; returns when all that was taken is answered."""
        self._closing = True
        await self._idle.wait()

    async def _process(self, batch: list[Entry]) -> None:
        try:
            outcomes = await self._write(batch)
        except DBAPIError as error:
            if isinstance(error, DATABASE_GONE) or len(batch) == 1:
                self._refuse(batch, error)
            else:  # something in one of them; the others must not suffer for it
                for entry in batch:
                    await self._process([entry])
        except Exception as error:  # the edge of this task: every entry is answered, whatever happens
            self._refuse(batch, error)
        else:
            self._settle(batch, outcomes)

    async def _write(self, batch: Sequence[Entry]) -> dict[Identity, Appended]:
        """What became of each identity in the batch, once it is committed.

        After an unknown outcome (a connection lost, a commit without an answer) the same ids are tried again: what
        was written is then found.
        """
        firsts = {entry.identity: entry for entry in reversed(batch)}
        entries = [entry for entry in batch if firsts[entry.identity] is entry]
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with self._engine.connect() as conn:
                    outcomes = await append_messages(conn, [entry.as_row() for entry in entries])
                return {entry.identity: outcome for entry, outcome in zip(entries, outcomes, strict=True)}
            except TRY_AGAIN as error:
                if attempt == ATTEMPTS:
                    raise
                log.info("batch tried again size=%d reason=%s", len(entries), type(error).__name__)
        raise AssertionError("unreachable")

    def _settle(self, batch: Sequence[Entry], outcomes: dict[Identity, Appended]) -> None:
        """Answer every sender, then tell everyone what is new."""
        news: dict[Identity, Message] = {}
        for entry in batch:
            outcome = outcomes[entry.identity]
            entry.answer(_answer(entry.post, outcome))
            if outcome.is_new:
                news.setdefault(entry.identity, entry.as_message(outcome))
        self._publish([*news.values()])

    def _refuse(self, batch: Sequence[Entry], error: Exception) -> None:
        """Promise nothing: the senders keep their messages, and may try again with the same ids."""
        if isinstance(error, DATABASE_GONE):
            log.warning("batch refused size=%d reason=%s", len(batch), type(error).__name__)
        else:
            log.error("batch failed size=%d", len(batch), exc_info=error)
        refusal = Unavailable() if isinstance(error, DATABASE_GONE) else AppError()
        for entry in batch:
            entry.answer(refusal)


def _answer(post: Post, outcome: Appended) -> Ack | AppError:
    if not outcome.is_member:
        return NotAMember()
    if outcome.seq is None or outcome.rev is None:
        return BadCommand(f"There is no message {post.reply_to} to reply to.")
    if (outcome.body, outcome.reply_to) != (post.text, post.reply_to):
        return IdConflict()
    return Ack(str(post.id), post.room, outcome.seq, outcome.rev)
