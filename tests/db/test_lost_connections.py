"""What a cancelled task, a killed backend and a restarted server do to `postgresql+aiopg` and its pool."""

import asyncio
import contextlib
import gc
import logging
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from sqlalchemy import exc, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.db.driver import connection, dialect
from app.db.driver.outlasting import outlasting
from app.db.embedded import embedded
from tests.db.backends import Gateway, blocked_task, kill, names, pid_of, things, until_gone, until_waiting
from tests.db.conftest import MakeEngine
from tests.support.load import PATIENCE_S


class TestCancellation:
    async def test_statement_timeout_is_a_database_error(self, engine: AsyncEngine) -> None:
        async with engine.connect() as conn:
            pid = await pid_of(conn)
            await conn.execute(text("SET statement_timeout = 20"))
            await conn.commit()

            with pytest.raises(exc.OperationalError) as caught:
                await conn.execute(select(func.pg_sleep(PATIENCE_S)))
            await conn.rollback()

            assert isinstance(caught.value.orig, psycopg2.errors.QueryCanceled)
            assert not caught.value.connection_invalidated
            assert await pid_of(conn) == pid

    async def test_commit_cancelled_by_the_server_is_a_database_error_too(
        self, engine: AsyncEngine, other: AsyncConnection
    ) -> None:
        async with engine.connect() as conn, engine.connect() as rival:
            await rival.execute(insert(things).values(name="a"))
            await conn.execute(text("SET CONSTRAINTS ALL DEFERRED"))
            await conn.execute(insert(things).values(name="a"))
            pid = await pid_of(conn)
            commit = asyncio.create_task(conn.commit())  # waits for the rival to decide
            await until_waiting(other, pid)

            await other.execute(select(func.pg_cancel_backend(pid)))
            with pytest.raises(exc.OperationalError) as caught:
                await commit

        assert isinstance(caught.value.orig, psycopg2.errors.QueryCanceled)

    async def test_statement_timeout_is_not_told_to_the_loop_as_a_failure_of_the_program(
        self, engine: AsyncEngine, caplog: pytest.LogCaptureFixture
    ) -> None:
        async with engine.connect() as conn:
            await conn.execute(text("SET LOCAL statement_timeout = 20"))

            with pytest.raises(exc.OperationalError):
                await conn.execute(select(func.pg_sleep(PATIENCE_S)))

        assert caplog.records == []

    async def test_client_timeout_stays_one_and_ends_this_connection_alone(
        self, make_engine: MakeEngine, other: AsyncConnection
    ) -> None:
        engine = make_engine(connect_args={"timeout": 0.2}, pool_size=2, max_overflow=0)
        async with engine.connect() as bystander:
            kept = await pid_of(bystander)
            await bystander.rollback()
            async with engine.connect() as conn:
                pid = await pid_of(conn)

                with pytest.raises(TimeoutError):
                    await conn.execute(select(func.pg_sleep(PATIENCE_S)))

            assert await pid_of(bystander) == kept
        await until_gone(other, pid)

    async def test_cancelled_statement_closes_its_connection_and_leaves_no_backend(
        self, make_engine: MakeEngine, other: AsyncConnection
    ) -> None:
        engine = make_engine(pool_size=1, max_overflow=0)
        pid, task = await blocked_task(engine, other)

        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        await until_gone(other, pid)
        async with engine.connect() as conn:
            assert await pid_of(conn) != pid
        assert engine.sync_engine.pool.checkedout() == 0  # type: ignore[attr-defined]

    async def test_cancelled_waiter_for_the_pool_takes_no_connection_with_it(self, make_engine: MakeEngine) -> None:
        engine = make_engine(pool_size=1, max_overflow=0)
        async with engine.connect() as conn:
            pid = await pid_of(conn)
            waiter = asyncio.create_task(engine.connect().start())
            await asyncio.sleep(0)
            waiter.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiter

        async with engine.connect() as conn:
            assert await pid_of(conn) == pid

    async def test_cancelling_at_any_step_leaks_no_backend(
        self, make_engine: MakeEngine, other: AsyncConnection
    ) -> None:
        engine = make_engine(connect_args={"application_name": "cancelled"}, pool_size=2, max_overflow=0)

        async def work(name: str) -> None:
            async with engine.begin() as conn:
                await conn.execute(insert(things).values(name=name))
                await conn.execute(select(func.count()).select_from(things))

        for steps in range(60):
            task = asyncio.create_task(work(str(steps)))
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        assert engine.sync_engine.pool.checkedout() == 0  # type: ignore[attr-defined]
        await asyncio.gather(work("one"), work("two"))
        await engine.dispose()
        mine = text("SELECT pid FROM pg_stat_activity WHERE application_name = 'cancelled'")
        async with asyncio.timeout(PATIENCE_S):
            while (await other.execute(mine)).all():
                pass


class TestLostConnections:
    @pytest.mark.parametrize("fresh_s", [0, 3_600])
    async def test_pre_ping_replaces_a_killed_backend_unnoticed(
        self, make_engine: MakeEngine, other: AsyncConnection, monkeypatch: pytest.MonkeyPatch, fresh_s: int
    ) -> None:
        monkeypatch.setattr(dialect, "FRESH_S", fresh_s)
        engine = make_engine(pool_size=1, max_overflow=0, pool_pre_ping=True)
        async with engine.connect() as conn:
            pid = await pid_of(conn)
        await kill(other, pid)

        async with engine.connect() as conn:
            assert await pid_of(conn) != pid

    async def test_pre_ping_notices_an_end_that_the_event_loop_has_not_seen_yet(
        self, make_engine: MakeEngine, postgres_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(dialect, "FRESH_S", 3_600)
        engine = make_engine(pool_size=1, max_overflow=0, pool_pre_ping=True)
        async with engine.connect() as conn:
            pid = await pid_of(conn)
        with contextlib.closing(psycopg2.connect(postgres_url)) as blocking, blocking.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))

        async with engine.connect() as conn:
            assert await pid_of(conn) != pid

    @pytest.mark.parametrize(("fresh_s", "round_trips"), [(0, 1), (3_600, 0)])
    async def test_pre_ping_costs_a_round_trip_only_a_while_after_the_last_and_opens_no_transaction(
        self,
        make_engine: MakeEngine,
        gateway: Gateway,
        monkeypatch: pytest.MonkeyPatch,
        fresh_s: int,
        round_trips: int,
    ) -> None:
        monkeypatch.setattr(dialect, "FRESH_S", fresh_s)
        engine = make_engine(gateway.url(), pool_pre_ping=True)
        async with engine.connect():
            before = gateway.queries

        async with engine.connect():
            assert gateway.queries - before == round_trips

    @pytest.mark.parametrize("level", ["READ COMMITTED", "AUTOCOMMIT"])
    async def test_killed_backend_is_told_once_and_then_replaced(
        self, make_engine: MakeEngine, other: AsyncConnection, level: Any
    ) -> None:
        engine = make_engine(pool_size=1, max_overflow=0).execution_options(isolation_level=level)
        async with engine.connect() as conn:
            pid = await pid_of(conn)
        await kill(other, pid)

        async with engine.connect() as conn:
            with pytest.raises(exc.DBAPIError) as caught:
                await pid_of(conn)

        assert caught.value.connection_invalidated
        async with engine.connect() as conn:
            assert await pid_of(conn) != pid

    async def test_backend_killed_at_work_is_a_lost_connection(
        self, engine: AsyncEngine, other: AsyncConnection
    ) -> None:
        pid, task = await blocked_task(engine, other)

        await kill(other, pid)
        with pytest.raises(exc.OperationalError, match="terminating connection") as caught:
            await task

        assert caught.value.connection_invalidated

    async def test_commit_on_a_lost_connection_raises(self, engine: AsyncEngine, other: AsyncConnection) -> None:
        async with engine.connect() as conn:
            await conn.execute(insert(things).values(name="a"))
            await kill(other, await pid_of(conn))

            with pytest.raises(exc.DBAPIError) as caught:
                await conn.commit()

        assert caught.value.connection_invalidated
        assert await names(other) == []

    @pytest.mark.parametrize("pre_ping", [True, False])
    async def test_pool_outlives_a_restart_of_the_server(
        self, make_engine: MakeEngine, world_folder: Path, pre_ping: bool
    ) -> None:
        def server() -> contextlib.AbstractContextManager[embedded.Embedded]:
            return embedded.running(world_folder / "restarted", print, settings=embedded.THROW_AWAY)

        with server() as database:
            engine = make_engine(database.url, pool_pre_ping=pre_ping)
            async with engine.connect() as one, engine.connect() as two:
                assert await pid_of(one) != await pid_of(two)
        with server():
            with contextlib.nullcontext() if pre_ping else pytest.raises(exc.DBAPIError):
                async with engine.connect() as conn:
                    await pid_of(conn)

            for _ in range(2):
                async with engine.connect() as conn:
                    assert await pid_of(conn) > 0
            await engine.dispose()

    async def test_dropped_connection_is_ended_by_the_garbage_collector(
        self, make_engine: MakeEngine, other: AsyncConnection
    ) -> None:
        engine = make_engine()
        conn = await engine.connect().start()
        pid = await pid_of(conn)

        del conn
        with pytest.warns(exc.SAWarning, match="non-checked-in connection"):
            gc.collect()

        await until_gone(other, pid)

    def test_connection_left_when_its_loop_closed_is_closed_quietly(self, postgres_url: str) -> None:
        async def leave_open() -> connection.Connection:
            return await connection.connect(postgres_url)

        left = asyncio.run(leave_open())

        left.close()

        assert left.closed


class TestOutlasting:
    """A block that the database may leave undone."""

    async def test_what_comes_after_goes_on_and_the_log_says_why(
        self, engine: AsyncEngine, caplog: pytest.LogCaptureFixture
    ) -> None:
        with outlasting(logging.getLogger(__name__), "cannot sleep"):
            async with engine.connect() as conn:
                await conn.execute(text("SET LOCAL statement_timeout = 20"))
                await conn.execute(select(func.pg_sleep(PATIENCE_S)))

        said = "cannot sleep reason=canceling statement due to statement timeout (57014)"
        assert [(record.levelname, record.message) for record in caplog.records] == [("WARNING", said)]

    async def test_a_fault_of_our_own_is_raised(self, engine: AsyncEngine) -> None:
        with pytest.raises(exc.ProgrammingError), outlasting(logging.getLogger(__name__), "cannot read"):
            async with engine.connect() as conn:
                await conn.execute(text("SELECT nothing_like_it"))
