"""Whoever writes to the index may die anywhere, and several may try at once: all is in it, and once."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
import pytest
from sqlalchemy import Engine, event
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.driver.engine import ENGINE
from app.search.index import indexing
from app.search.index.follower import Pass, follow
from bench.search.held import index_held
from tests.chat.conftest import Join
from tests.chat.messages.test_changing import done
from tests.chat.mortal import Mortal, insist
from tests.conftest import Serve
from tests.search.conftest import becomes, found_by, is_level
from tests.support.processes import crash_postgres
from tests.support.sockets import until

LOCK, READ, WRITE, SORT_IN, COMMIT = (
    "pg_try_advisory_xact_lock",
    "LEFT OUTER JOIN search_heads",
    "INSERT INTO search",
    "gin_clean_pending_list",
    "COMMIT",
)


@contextmanager
def before_each(engine: AsyncEngine, moment: str, do: Callable[[Any], None]) -> Iterator[None]:
    """Call `do` with the connection right before each statement that has these words."""

    def on_begin(conn: Any) -> None:
        conn.info["has sorted in"] = False

    def on_statement(conn: Any, cursor: Any, statement: str, *_: Any) -> None:
        if SORT_IN in statement:
            conn.info["has sorted in"] = True
        if moment in statement:
            do(conn)

    def on_commit(conn: Any) -> None:
        if moment == COMMIT and conn.info["has sorted in"]:
            do(conn)

    listeners = {"begin": on_begin, "before_cursor_execute": on_statement, "commit": on_commit}
    for name, listener in listeners.items():
        event.listen(engine.sync_engine, name, listener)
    yield
    for name, listener in listeners.items():
        event.remove(engine.sync_engine, name, listener)


@contextmanager
def ending(engine: AsyncEngine, url: str, moment: str, times: int) -> Iterator[Callable[[], bool]]:
    """End the connection of whoever writes to the index right before that moment, so often.

    Gives what says whether that was done; the last step comes when all can be found already.
    """
    ended: list[int] = []

    def end(conn: Any) -> None:
        if len(ended) < times:
            ended.append(conn.connection.driver_connection.raw.info.backend_pid)
            with closing(psycopg2.connect(url)) as other, other.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s, 5000)", ended[-1:])

    with before_each(engine, moment, end):
        yield lambda: len(ended) == times


@pytest.mark.parametrize("moment", [LOCK, READ, WRITE, SORT_IN, COMMIT])
async def test_who_is_killed_in_the_middle_leaves_nothing_out_and_nothing_twice(
    join: Join, database: Engine, postgres_url: str, moment: str
) -> None:
    alice = await join("alice")
    await alice.socket.posted("zebrafinch")
    await is_level(database)

    with ending(alice.app[ENGINE], postgres_url, moment, 3) as are_ended:
        for _ in range(10):
            last = (await alice.socket.posted("zebrafinch"))["seq"]
        await done(alice, "edit", last, text="kingfisher")
        await done(alice, "delete", last - 1)
        await until(are_ended)
        await is_level(database)

    assert await found_by(alice, "zebrafinch") == [(1, seq) for seq in range(9, 0, -1)]


async def test_processes_that_all_try_at_once_write_everything_once(
    serve: Serve, join: Join, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GATHER_S", "ASIDE_S", "COMPARE_S"):
        monkeypatch.setattr(indexing, name, 0.001)
    people = [await join("person0")]
    for n in (1, 2):
        people.append(await join(f"person{n}", at=await serve(post_rate=1_000_000, post_burst=1_000_000)))

    for n in range(60):
        for person in people:
            await person.socket.post(f"zebrafinch {n}")
    for person in people:
        for _ in range(60):
            seq = (await person.socket.until("ack"))["seq"]
        await done(person, "edit", seq, text="kingfisher")

    await is_level(database)


async def test_what_one_process_wrote_the_others_do_not_try_again_and_again(serve: Serve, join: Join) -> None:
    alice, bob = await join("alice"), await join("bobby", at=await serve())
    tries = {person.author["login"]: 0 for person in (alice, bob)}

    def count(login: str) -> Callable[[Any], None]:
        def add(_: Any) -> None:
            tries[login] += 1

        return add

    now = asyncio.get_running_loop().time
    begun = now()
    with before_each(alice.app[ENGINE], LOCK, count("alice")), before_each(bob.app[ENGINE], LOCK, count("bobby")):
        for n in range(1, 21):
            ack = await (alice, bob)[n % 2].socket.posted(f"zebrafinch w{n}")
            await becomes(lambda n=n: found_by(alice, f"w{n}"), [(1, ack["seq"])])
    lasted = now() - begun

    # Beside one for each message: who stands aside looks whether it must, compares, and may fill in.
    assert sum(tries.values()) <= 20 + 2 * (lasted / indexing.ASIDE_S + lasted / indexing.COMPARE_S + 2)


async def test_a_process_leaves_what_rang_to_another_that_has_begun_to_write_it(join: Join, migrated_url: str) -> None:
    alice = await join("alice")

    async def pass_after(rung: int, most: int = 1_000) -> Pass:
        async with alice.app[ENGINE].begin() as conn:
            return await follow(conn, {1: rung}, most)

    with index_held(migrated_url):
        for n in range(9):
            await alice.socket.posted(f"zebrafinch {n}")

        assert await pass_after(1, most=5) == Pass({1: 5}, {1: 6}, is_cut=True)
        assert await pass_after(3) == Pass({1: 5}, {1: 6}, is_elsewhere=True)
        assert await pass_after(6) == Pass({1: 9}, {})
        assert await pass_after(9) == Pass({1: 9}, {}, is_elsewhere=True)


async def test_postgres_dies_and_comes_back_and_everything_is_found(mortal: Mortal, serve: Serve, join: Join) -> None:
    server = await serve(database_url=mortal.url, db_pool_timeout_s=0.5)
    alice = await join("alice", at=server)
    await alice.socket.posted("zebrafinch one")
    await becomes(lambda: found_by(alice, "zebrafinch"), [(1, 1)])

    id = await alice.socket.post("zebrafinch two")
    await asyncio.to_thread(crash_postgres, mortal.folder)
    mortal.revive()
    await insist(alice.socket, "zebrafinch two", id)
    await insist(alice.socket, "zebrafinch three", "6a8f7be5-6f0f-4d3a-9d0c-1f4f1d7f8a11")

    await is_level(mortal.engine)
    assert await found_by(alice, "zebrafinch") == [(1, 3), (1, 2), (1, 1)]
