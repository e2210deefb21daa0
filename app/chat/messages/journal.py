"""The only writer of new messages: group commit.

While one transaction runs, the next batch gathers. There is no timer: a lone message waits for nothing, and under load
batches form by themselves. The journal owns the order in which this process's posts are written. It has nothing to do
with sockets or members. What became of a batch leaves by one call, `deliver`.

Whatever ends the task that writes, an entry that was taken is delivered or still waits: a batch that was cut short goes
back to the front, and is written when the task begins again.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.base.errors import AppError, Unavailable
from app.base.log_fields import fields
from app.chat.markup.markup import meaning_of
from app.chat.messages.append import Appended, NewMessage, append_messages
from app.chat.wire.commands import Post
from app.chat.wire.events import Ack, Author
from app.db.driver.causes import cause_of, unavailable
from app.db.driver.engine import ANSWER_S, DATABASE_GONE
from app.db.driver.kept import Kept
from app.live.histogram import Histogram

log = logging.getLogger(__name__)

MAX_BATCH = 400
MAX_WAITING = 10_000
ATTEMPTS = 3
BATCH_POSTS = (1, 2, 5, 10, 20, 50, 100, 200, MAX_BATCH)
COMMIT_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, ANSWER_S)
# Another transaction wrote one of these ids meanwhile, or it is unknown whether ours did. The next attempt finds out.
TRY_AGAIN: tuple[type[Exception], ...] = (IntegrityError, *DATABASE_GONE)

Answer = Callable[[Ack | AppError], None]
Identity = tuple[int, int, int]


class Entry(Struct, frozen=True):
    """A post on its way to the database; `answer` is called exactly once, after the commit or the refusal.

    Its text is parsed as it comes, a message at a time, and not a batch in one go. A post that is repeated has the same
    `identity`: room, author and id, which is a number here, as a UUID takes longer to hash.
    """

    author: Author
    post: Post
    answer: Answer
    identity: Identity
    html: str | None
    called: tuple[str, ...]

    @classmethod
    def of(cls, author: Author, post: Post, answer: Answer) -> "Entry":
        return cls(author, post, answer, (post.room, author.id, post.id.int), *meaning_of(post.text))

    def as_row(self) -> NewMessage:
        post = self.post
        return NewMessage(post.room, self.author.id, post.id, post.text, post.reply_to, self.called, post.files)


Deliver = Callable[[Iterable[tuple[Entry, Appended | AppError]]], None]


class Journal:
    """Appends entries in the order in which they came; `deliver` gets what became of each, batch after batch."""

    def __init__(
        self, engine: AsyncEngine, deliver: Deliver, refusal: Callable[[Exception], AppError] = unavailable
    ) -> None:
        self._connection, self._refusal = Kept(engine), refusal
        self._deliver = deliver
        self._waiting: list[Entry] = []
        self._arrived = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._closing = False
        self.sizes, self.commits = Histogram(BATCH_POSTS), Histogram(COMMIT_S)  # of the batches that were written
        self._alone = 0  # how many of the first that wait are written one by one

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
        """Write batch after batch; endless. May be cancelled anywhere, and run again."""
        async with self._connection:
            while True:
                await self._arrived.wait()
                if batch := self._take():
                    await self._process(batch)
                if not self._waiting:
                    self._arrived.clear()
                    self._idle.set()

    def _take(self) -> list[Entry]:
        size = 1 if self._alone else MAX_BATCH
        self._alone -= bool(self._alone)
        batch, self._waiting = self._waiting[:size], self._waiting[size:]
        return batch

    def _put_back(self, batch: list[Entry]) -> None:
        self._waiting[:0] = batch

    async def close(self) -> None:
        """Refuse new entries; returns when all that was taken is answered."""
        self._closing = True
        await self._idle.wait()

    async def _process(self, batch: list[Entry]) -> None:
        clock = asyncio.get_running_loop().time
        begun = clock()
        try:
            outcomes = await self._write(batch)
        except asyncio.CancelledError:
            self._put_back(batch)
            raise
        except Exception as error:  # the edge of this task: every entry is answered, whatever happens
            if isinstance(error, DATABASE_GONE) or len(batch) == 1:
                self._refuse(batch, error)
            else:  # something in one of them; the others must not suffer for it
                self._put_back(batch)
                self._alone = len(batch)
        else:
            self.commits.add(clock() - begun)
            self.sizes.add(len(batch))
            self._settle(batch, outcomes)

    async def _write(self, batch: Sequence[Entry]) -> dict[Identity, Appended]:
        """What became of each identity in the batch, once it is committed.

        After an unknown outcome (a connection lost, a commit without an answer in time) the same ids are tried again:
        what was written is then found.
        """
        firsts = {entry.identity: entry for entry in reversed(batch)}
        entries = [entry for entry in batch if firsts[entry.identity] is entry]
        rows = [entry.as_row() for entry in entries]
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with asyncio.timeout(ANSWER_S), self._connection.use() as conn:
                    outcomes = await append_messages(conn, rows)
                return {entry.identity: outcome for entry, outcome in zip(entries, outcomes, strict=True)}
            except TRY_AGAIN as error:
                if attempt == ATTEMPTS:
                    raise
                log.info("batch tried again size=%d reason=%s", len(entries), type(error).__name__)
        raise AssertionError("unreachable")

    def _settle(self, batch: Sequence[Entry], outcomes: dict[Identity, Appended]) -> None:
        self._deliver([(entry, outcomes[entry.identity]) for entry in batch])

    def _refuse(self, batch: Sequence[Entry], error: Exception) -> None:
        """Promise nothing: the senders keep their messages, and may try again with the same ids."""
        if isinstance(error, DATABASE_GONE):
            log.warning("batch refused", extra=fields(size=len(batch), reason=cause_of(error).reason))
        else:
            log.error("batch failed size=%d", len(batch), exc_info=error)
        refusal = self._refusal(error) if isinstance(error, DATABASE_GONE) else AppError()
        self._deliver([(entry, refusal) for entry in batch])
