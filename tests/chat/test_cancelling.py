"""Every `await` on a message's way to the database, cancelled once: nothing leaks, nothing is lost or doubled."""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any
from unittest.mock import ANY

import pytest
from aiohttp import ClientError, web
from aiohttp.test_utils import TestServer
from aiohttp.typedefs import Handler
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.base.errors import AppError
from app.chat.keys import HUB
from app.chat.messages.delivery import Delivery
from app.chat.messages.journal import Entry, Journal
from app.chat.messages.message import Message
from app.chat.messages.message_source import MessageSource
from app.chat.wire.commands import Post
from app.chat.wire.events import Ack, Author
from app.chat.wire.notes import DECODER
from app.db.driver.engine import ENGINE, make_engine
from app.db.identity import identity_of
from app.db.schema import memberships, messages, users
from app.live.bus.postgres_bus import PostgresBus
from app.live.hub import Hub
from tests.conftest import make_config
from tests.support.apps import make_app
from tests.support.browsing import Open
from tests.support.cancelling import CancelledAt, When
from tests.support.load import PATIENCE_S
from tests.support.sockets import Closed, open_socket

AT_ONCE_S = 20  # far less than a limit of the database, which what is leaked would wait for
POOL = 2
SUSPENSIONS = 8  # a few more than there are; how many differs by one or two with the speed of the server
ALICE = Author(1, "alice", "Alice")


class Recorder(Delivery):
    """Keeps what it publishes."""

    def __init__(self, engine: AsyncEngine) -> None:
        hub = Hub(MessageSource(engine), lambda heads: b"", heartbeat_s=20)
        bus = PostgresBus(DECODER, partial(identity_of, engine), bytes(32), engine, engine)
        super().__init__(hub, bus, lambda room, rev: None)
        self.published: list[Message] = []

    def _publish(self, room: int, messages: list[Message]) -> None:
        self.published += messages
        super()._publish(room, messages)


class Desk:
    """A journal over a real database, and what it answers and publishes."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._delivery = Recorder(engine)
        self.published = self._delivery.published
        self.journal = Journal(engine, self._delivery.deliver)

    def post(self, body: str, id: uuid.UUID) -> "asyncio.Future[Ack | AppError]":
        """Give the journal an entry; the future takes one answer and fails on a second."""
        answer: asyncio.Future[Ack | AppError] = asyncio.get_running_loop().create_future()
        self.journal.append(Entry.of(ALICE, Post(1, id, body), answer.set_result))
        return answer

    async def posted(self, body: str, id: uuid.UUID) -> int:
        """The seq of a message that is acknowledged at once."""
        async with asyncio.timeout(AT_ONCE_S):
            answer = await self.post(body, id)
        assert isinstance(answer, Ack)
        return answer.seq

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.journal.run())
        yield
        task.cancel()
        await asyncio.wait([task])


@pytest.fixture
async def desk(database: Engine, unhurried: None) -> AsyncIterator[Desk]:
    with database.begin() as conn:
        conn.execute(insert(users).values(login="alice", display_name="Alice", password_hash="x"))
        conn.execute(insert(memberships).values(room_id=1, user_id=1))
    engine = make_engine(make_config(database, db_pool=POOL))
    yield Desk(engine)
    await engine.dispose()


async def until_at_rest(engine: AsyncEngine, database: Engine, beside: int = 0) -> None:
    """Wait until nothing is checked out, and the server's backends are those in the pool, idle and without locks.

    And `beside` more, such as the bus's.
    """
    busy = text(
        "SELECT pid FROM pg_stat_activity WHERE application_name = 'parley' AND state <> 'idle' "
        "UNION SELECT pid FROM pg_locks JOIN pg_database ON database = oid "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    ours = text("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'parley'")
    pool: Any = engine.sync_engine.pool
    async with asyncio.timeout(PATIENCE_S):
        async with AsyncExitStack() as all_of_them:  # a place in the pool is empty after a connection was cut off
            for _ in range(POOL):
                await all_of_them.enter_async_context(engine.connect())
        while True:
            with database.connect() as conn:
                is_quiet = not pool.checkedout() and not conn.execute(busy).all()
                if is_quiet and conn.scalar(ours) == POOL + beside:
                    return
            await asyncio.sleep(0.01)


def stored(database: Engine) -> list[tuple[int, str]]:
    with database.connect() as conn:
        return [(row.seq, row.body) for row in conn.execute(select(messages.c.seq, messages.c.body).order_by("seq"))]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("pool", ["cold", "warm", "busy"])
async def test_a_journal_cancelled_at_any_await_loses_doubles_and_leaks_nothing(
    desk: Desk, database: Engine, pool: str, when: When
) -> None:
    bodies: list[str] = []
    for number in range(SUSPENSIONS):
        first, second, bodies = uuid.uuid4(), uuid.uuid4(), [*bodies, f"first {number}", f"second {number}"]
        if pool == "cold":
            await desk.engine.dispose()
        async with AsyncExitStack() as others:
            for _ in range(POOL if pool == "busy" else 0):
                await others.enter_async_context(desk.engine.connect())
            answer = desk.post(bodies[-2], first)
            task = asyncio.ensure_future(CancelledAt(desk.journal.run(), number, when))
            await asyncio.sleep(0)
        await asyncio.wait([task, answer], return_when=asyncio.FIRST_COMPLETED, timeout=PATIENCE_S)
        was_answered = answer.done()
        task.cancel()  # it waits for more by now, where there was no such suspension before the answer
        await asyncio.wait([task])

        async with desk.running():
            second_seq = await desk.posted(bodies[-1], second)
            first_seq = await desk.posted(bodies[-2], first)
            assert answer.result() == Ack(first, 1, first_seq, first_seq)

        assert second_seq == first_seq + 1
        assert stored(database) == [*enumerate(bodies, 1)]
        await until_at_rest(desk.engine, database)
    assert was_answered, "the last was to be beyond the end"
    got = [message.seq for message in desk.published]
    assert got == sorted({*got})


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_journal_cancelled_within_a_batch_that_cannot_be_written_whole_answers_everyone_once(
    desk: Desk, database: Engine, when: When
) -> None:
    """A text with NUL, which the parser would have refused, spoils the statement for the whole batch."""
    for number in range(5 * SUSPENSIONS):
        ids = [uuid.uuid4() for _ in range(5)]
        answers = [desk.post("bad\0" if place == 2 else f"good {number} {place}", id) for place, id in enumerate(ids)]
        task = asyncio.ensure_future(CancelledAt(desk.journal.run(), number, when))
        await asyncio.wait([task, answers[-1]], return_when=asyncio.FIRST_COMPLETED, timeout=PATIENCE_S)
        was_answered = answers[-1].done()
        task.cancel()
        await asyncio.wait([task])

        async with desk.running(), asyncio.timeout(AT_ONCE_S):
            got = [await answer for answer in answers]

        assert [type(answer) for answer in got] == [Ack, Ack, AppError, Ack, Ack]
        await until_at_rest(desk.engine, database)
    assert was_answered
    count = 4 * (number + 1)
    assert [seq for seq, _ in stored(database)] == [*range(1, count + 1)]
    assert len({body for _, body in stored(database)}) == count


async def test_an_answer_that_cannot_be_delivered_keeps_nobody_from_theirs(desk: Desk) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("this socket is broken")

    desk.journal.append(Entry.of(ALICE, Post(1, uuid.uuid4(), "one"), fail))
    answer = desk.post("two", uuid.uuid4())
    async with desk.running(), asyncio.timeout(AT_ONCE_S):
        assert (await answer) == Ack(ANY, 1, 2, 2)

    assert [message.text for message in desk.published] == ["one", "two"]


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_socket_cancelled_at_any_await_leaves_nothing_behind(
    database: Engine, open_browser: Open, when: When
) -> None:
    """From the handshake on; what its post became is found by posting it again."""
    number = 0

    @web.middleware
    async def cut_short(request: web.Request, handler: Handler) -> web.StreamResponse:
        work = handler(request)
        return await (CancelledAt(work, number, when) if request.path == "/ws" else work)

    app = make_app(make_config(database, db_pool=POOL, post_rate=1_000_000, post_burst=1_000_000))
    app.middlewares.append(cut_short)
    async with TestServer(app) as server:
        browser = open_browser(server)
        await browser.sign_up("alice")
        for number in range(3 * SUSPENSIONS):
            id = str(uuid.uuid4())
            with contextlib.suppress(Closed, ConnectionError, ClientError):
                socket = await open_socket(browser)
                await socket.until("hello")
                await socket.until("ack", id=await socket.post("hi", id=id))
                await socket.ws.close()
            async with asyncio.timeout(PATIENCE_S):
                while app[HUB].clients.of(1):  # noqa: ASYNC110 (it has no event)
                    await asyncio.sleep(0.01)
            kept, number = number, -1
            again = await open_socket(browser)
            ack = await again.until("ack", id=await again.post("hi", id=id))
            await again.ws.close()
            number = kept

            assert ack["seq"] == kept + 1
            await until_at_rest(app[ENGINE], database, beside=2)  # the bus and the journal
    assert stored(database) == [(seq, "hi") for seq in range(1, 3 * SUSPENSIONS + 1)]
