"""The dialect `postgresql+aiopg`: transactions, cancellation, lost servers and types, against a real PostgreSQL."""

import asyncio
import contextlib
import datetime as dt
import decimal
import enum
import gc
import json
import logging
import os
import resource
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from sqlalchemy import (
    ARRAY,
    JSON,
    Column,
    Date,
    DateTime,
    Enum,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    Uuid,
    create_engine,
    exc,
    func,
    insert,
    make_url,
    select,
    text,
    update,
)
from sqlalchemy import bindparam as param
from sqlalchemy.dialects.postgresql import INET, INT4RANGE, JSONB, TSTZRANGE, Range
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from app.db import dialect, embedded

dialect.register()

SCHEMA = "dialect_tests"
PATIENCE_S = 20
things = Table("things", MetaData(), Column("id", Integer, primary_key=True), Column("name", String, unique=True))

MakeEngine = Callable[..., AsyncEngine]


@pytest.fixture
def schema(postgres_url: str) -> Iterator[None]:
    """An empty table `things` in a schema of our own."""
    engine = create_engine(make_url(postgres_url).set(drivername="postgresql+psycopg2"))
    with engine.begin() as conn:
        conn.execute(text(f"CREATE SCHEMA {SCHEMA}"))
        conn.execute(text(f"CREATE TABLE {SCHEMA}.things (id serial PRIMARY KEY, name text UNIQUE DEFERRABLE)"))
    yield
    with engine.begin() as conn:
        conn.execute(text(f"DROP SCHEMA {SCHEMA} CASCADE"))
    engine.dispose()


@pytest.fixture
async def make_engine(postgres_url: str, schema: None) -> AsyncIterator[MakeEngine]:
    """Makes engines on the scratch database that see `things`, and disposes of them."""
    engines: list[AsyncEngine] = []

    def make(url: Any = postgres_url, connect_args: dict[str, Any] | None = None, **options: Any) -> AsyncEngine:
        settings = {"options": f"-c search_path={SCHEMA} -c client_connection_check_interval=50"}
        address = make_url(url).set(drivername="postgresql+aiopg")
        engines.append(create_async_engine(address, connect_args=settings | (connect_args or {}), **options))
        return engines[-1]

    yield make
    for engine in engines:
        await engine.dispose()


@pytest.fixture
def engine(make_engine: MakeEngine) -> AsyncEngine:
    return make_engine()


@pytest.fixture
async def other(make_engine: MakeEngine) -> AsyncIterator[AsyncConnection]:
    """An onlooker's connection, each statement its own transaction."""
    async with make_engine(isolation_level="AUTOCOMMIT").connect() as conn:
        yield conn


class Gateway:
    """A TCP port in front of the server's Unix socket; counts the queries that pass."""

    def __init__(self, url: str) -> None:
        self.queries = 0
        self._url = make_url(url)
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "Gateway":
        self._server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def url(self, host: str = "127.0.0.1") -> Any:
        return self._url.set(host=host, port=self.port).difference_update_query(["host", "port"])

    async def _join(self, client_reader: asyncio.StreamReader, client_writer: asyncio.StreamWriter) -> None:
        path = f"{self._url.query['host']}/.s.PGSQL.{self._url.query['port']}"
        reader, writer = await asyncio.open_unix_connection(path)
        for source, sink, counted in ((client_reader, writer, True), (reader, client_writer, False)):
            self._tasks.add(asyncio.create_task(self._pass(source, sink, counted)))

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, counted: bool) -> None:
        with contextlib.suppress(ConnectionError), contextlib.closing(sink):
            while chunk := await source.read(65536):
                self.queries += counted and chunk.startswith(b"Q")
                sink.write(chunk)
                await sink.drain()


@pytest.fixture
async def gateway(postgres_url: str) -> AsyncIterator[Gateway]:
    async with Gateway(postgres_url) as gateway:
        yield gateway


async def pid_of(conn: AsyncConnection) -> int:
    return (await conn.execute(select(func.pg_backend_pid()))).scalar_one()


async def kill(other: AsyncConnection, pid: int) -> None:
    """End a backend; returns when it is gone."""
    assert (await other.execute(select(func.pg_terminate_backend(pid, PATIENCE_S * 1000)))).scalar_one()


async def until_gone(other: AsyncConnection, pid: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while (await other.execute(text("SELECT FROM pg_stat_activity WHERE pid = :pid"), {"pid": pid})).all():
            pass


async def until_waiting(other: AsyncConnection, pid: int) -> None:
    """Return once the backend waits for a lock."""
    waits = text("SELECT FROM pg_locks WHERE pid = :pid AND NOT granted")
    async with asyncio.timeout(PATIENCE_S):
        while not (await other.execute(waits, {"pid": pid})).all():
            pass


async def names(conn: AsyncConnection) -> list[str]:
    return list((await conn.execute(select(things.c.name).order_by(things.c.id))).scalars())


class TestTransactions:
    async def test_statement_in_autocommit_costs_one_round_trip(
        self, make_engine: MakeEngine, gateway: Gateway
    ) -> None:
        engine = make_engine(gateway.url(), isolation_level="AUTOCOMMIT")
        async with engine.connect():
            before = gateway.queries

        async with engine.connect() as conn:
            await conn.execute(insert(things).values(name="a"))

        assert gateway.queries - before == 1

    async def test_transaction_of_one_statement_costs_two_round_trips(
        self, make_engine: MakeEngine, gateway: Gateway
    ) -> None:
        engine = make_engine(gateway.url())
        async with engine.connect():
            before = gateway.queries

        async with engine.begin() as conn:
            await conn.execute(insert(things).values(name="a"))

        assert gateway.queries - before == 2

    async def test_connection_that_said_nothing_costs_no_round_trip(
        self, make_engine: MakeEngine, gateway: Gateway
    ) -> None:
        engine = make_engine(gateway.url())
        async with engine.connect():
            before = gateway.queries

        async with engine.begin(), engine.begin():
            pass

        assert gateway.queries == before

    async def test_others_see_a_row_once_it_is_committed(self, engine: AsyncEngine, other: AsyncConnection) -> None:
        async with engine.connect() as conn:
            await conn.execute(insert(things).values(name="a"))
            before = await names(other)
            await conn.commit()

        assert (before, await names(other)) == ([], ["a"])

    async def test_rollback_keeps_nothing(self, engine: AsyncEngine, other: AsyncConnection) -> None:
        async with engine.connect() as conn:
            await conn.execute(insert(things).values(name="a"))
            await conn.rollback()

        assert await names(other) == []

    async def test_error_in_the_block_keeps_nothing(self, engine: AsyncEngine, other: AsyncConnection) -> None:
        with pytest.raises(KeyError):
            async with engine.begin() as conn:
                await conn.execute(insert(things).values(name="a"))
                raise KeyError

        assert await names(other) == []

    async def test_savepoint_undoes_its_own_part_alone(self, engine: AsyncEngine, other: AsyncConnection) -> None:
        async with engine.begin() as conn:
            await conn.execute(insert(things).values(name="kept"))
            with pytest.raises(exc.DBAPIError):
                async with conn.begin_nested():
                    await conn.execute(insert(things).values(name="undone"))
                    await conn.execute(text("SELECT 1/0"))
            async with conn.begin_nested():
                await conn.execute(insert(things).values(name="kept too"))

        assert await names(other) == ["kept", "kept too"]

    async def test_transaction_may_begin_with_a_savepoint(self, engine: AsyncEngine, other: AsyncConnection) -> None:
        async with engine.begin() as conn:
            async with conn.begin_nested() as savepoint:
                await conn.execute(insert(things).values(name="undone"))
                await savepoint.rollback()
            await conn.execute(insert(things).values(name="kept"))

        assert await names(other) == ["kept"]

    async def test_commit_of_a_failed_transaction_raises(self, engine: AsyncEngine, other: AsyncConnection) -> None:
        async with engine.connect() as conn:
            await conn.execute(insert(things).values(name="a"))
            with pytest.raises(exc.DBAPIError):
                await conn.execute(text("SELECT 1/0"))

            with pytest.raises(exc.DBAPIError) as caught:
                await conn.commit()

        assert isinstance(caught.value.orig, psycopg2.errors.InFailedSqlTransaction)
        assert await names(other) == []

    async def test_constraint_checked_at_commit_raises_there(self, engine: AsyncEngine, other: AsyncConnection) -> None:
        async with engine.connect() as conn:
            await conn.execute(text("SET CONSTRAINTS ALL DEFERRED"))
            await conn.execute(insert(things), [{"name": "a"}, {"name": "a"}])

            with pytest.raises(exc.IntegrityError):
                await conn.commit()

            await conn.rollback()
            assert await names(conn) == await names(other) == []

    async def test_autocommit_is_seen_by_others_at_once(self, engine: AsyncEngine, other: AsyncConnection) -> None:
        async with engine.connect() as conn:
            await conn.execution_options(isolation_level="AUTOCOMMIT")
            await conn.execute(insert(things).values(name="a"))

            assert await names(other) == ["a"]

    async def test_settings_of_a_connection_end_with_its_return_to_the_pool(self, make_engine: MakeEngine) -> None:
        engine = make_engine(pool_size=1, max_overflow=0)
        async with engine.connect() as conn:
            await conn.execution_options(
                isolation_level="SERIALIZABLE", postgresql_readonly=True, postgresql_deferrable=True
            )
            await conn.execute(text("SELECT 1"))

        async with engine.begin() as conn:
            assert await conn.get_isolation_level() == "READ COMMITTED"
            await conn.execute(insert(things).values(name="a"))

    @pytest.mark.parametrize("level", ["READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
    async def test_isolation_level_is_the_one_asked_for(self, engine: AsyncEngine, level: str) -> None:
        async with engine.connect() as conn:
            await conn.execution_options(isolation_level=level)

            shown = (await conn.execute(text("SHOW transaction_isolation"))).scalar_one()

        assert shown == level.lower()

    async def test_repeatable_read_keeps_its_snapshot(self, engine: AsyncEngine, other: AsyncConnection) -> None:
        async with engine.connect() as conn:
            await conn.execution_options(isolation_level="REPEATABLE READ")
            before = await names(conn)
            await other.execute(insert(things).values(name="a"))

            assert await names(conn) == before == []

    async def test_serializable_refuses_a_write_skew(self, make_engine: MakeEngine) -> None:
        engine = make_engine(isolation_level="SERIALIZABLE")
        async with engine.connect() as one, engine.connect() as two:
            for conn, name in ((one, "1"), (two, "2")):
                await names(conn)
                await conn.execute(insert(things).values(name=name))
            await one.commit()

            with pytest.raises(exc.OperationalError) as caught:
                await two.commit()

        assert isinstance(caught.value.orig, psycopg2.errors.SerializationFailure)

    async def test_readonly_transaction_refuses_to_write(self, engine: AsyncEngine) -> None:
        async with engine.connect() as conn:
            await conn.execution_options(postgresql_readonly=True)

            with pytest.raises(exc.InternalError, match="read-only transaction"):
                await conn.execute(insert(things).values(name="a"))

    async def test_deferrable_transaction_is_one_for_the_server(self, engine: AsyncEngine) -> None:
        async with engine.connect() as conn:
            await conn.execution_options(
                isolation_level="SERIALIZABLE", postgresql_readonly=True, postgresql_deferrable=True
            )

            assert (await conn.execute(text("SHOW transaction_deferrable"))).scalar_one() == "on"


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

    async def test_statement_timeout_during_commit_is_a_database_error_too(self, engine: AsyncEngine) -> None:
        async with engine.connect() as conn, engine.connect() as rival:
            await rival.execute(insert(things).values(name="a"))
            await conn.execute(text("SET LOCAL statement_timeout = 50; SET CONSTRAINTS ALL DEFERRED"))
            await conn.execute(insert(things).values(name="a"))

            with pytest.raises(exc.OperationalError) as caught:
                await conn.commit()  # waits for the rival to decide

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
            with pytest.raises(TimeoutError):
                async with engine.connect() as conn:
                    pid = await pid_of(conn)
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
    async def test_pre_ping_replaces_a_killed_backend_unnoticed(
        self, make_engine: MakeEngine, other: AsyncConnection
    ) -> None:
        engine = make_engine(pool_size=1, max_overflow=0, pool_pre_ping=True)
        async with engine.connect() as conn:
            pid = await pid_of(conn)
        await kill(other, pid)

        async with engine.connect() as conn:
            assert await pid_of(conn) != pid

    async def test_pre_ping_costs_one_round_trip_and_opens_no_transaction(
        self, make_engine: MakeEngine, gateway: Gateway
    ) -> None:
        engine = make_engine(gateway.url(), pool_pre_ping=True)
        async with engine.connect():
            before = gateway.queries

        async with engine.connect():
            assert gateway.queries - before == 1

    async def test_killed_backend_is_told_once_and_then_replaced(
        self, make_engine: MakeEngine, other: AsyncConnection
    ) -> None:
        engine = make_engine(pool_size=1, max_overflow=0)
        async with engine.connect() as conn:
            pid = await pid_of(conn)
        await kill(other, pid)

        with pytest.raises(exc.DBAPIError) as caught:
            async with engine.connect() as conn:
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
        with pytest.raises(exc.DBAPIError) as caught:
            async with engine.begin() as conn:
                await conn.execute(insert(things).values(name="a"))
                await kill(other, await pid_of(conn))

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
        conn: AsyncConnection | None = await engine.connect().start()
        assert conn is not None
        pid = await pid_of(conn)

        with pytest.warns(exc.SAWarning, match="non-checked-in connection"):
            del conn
            gc.collect()

        await until_gone(other, pid)

    def test_connection_left_when_its_loop_closed_is_closed_quietly(self, postgres_url: str) -> None:
        left = asyncio.run(connected(postgres_url))

        left.close()

        assert left.closed


class TestManyOpenFiles:
    """asyncio's selector takes any descriptor; select(), which aiopg asks after an error, none from 1024 on."""

    @pytest.fixture(autouse=True)
    def _many_open_files(self) -> Iterator[None]:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard < 1400:
            pytest.skip(f"no more than {hard} open files are allowed here")
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 1400), hard))
        opened = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
        yield
        for descriptor in opened:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    async def test_error_of_a_statement_is_told_at_once(self, engine: AsyncEngine) -> None:
        async with engine.connect() as conn:
            assert (await conn.get_raw_connection()).driver_connection.raw.fileno() > 1023  # type: ignore[union-attr]

            async with asyncio.timeout(PATIENCE_S):
                with pytest.raises(exc.DBAPIError, match="division by zero"):
                    await conn.execute(text("SELECT 1/0"))
                await conn.rollback()
                assert await names(conn) == []

    async def test_killed_backend_is_told_and_replaced(self, engine: AsyncEngine, other: AsyncConnection) -> None:
        pid, task = await blocked_task(engine, other)

        await kill(other, pid)
        async with asyncio.timeout(PATIENCE_S):
            with pytest.raises(exc.OperationalError) as caught:
                await task

        assert caught.value.connection_invalidated
        async with engine.connect() as conn:
            assert await pid_of(conn) != pid


class TestConnecting:
    async def test_host_name_is_looked_up_beside_the_loop(
        self, make_engine: MakeEngine, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = []

        async def look_up(host: str, *_: Any, **__: Any) -> list[Any]:
            asked.append(host)
            return [(0, 0, 0, "", ("127.0.0.1", 0))]

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", look_up)
        async with make_engine(gateway.url("database.example")).connect() as conn:
            raw = (await conn.get_raw_connection()).driver_connection.raw  # type: ignore[union-attr]

            assert asked == ["database.example"]
            assert (raw.info.host, raw.get_dsn_parameters()["hostaddr"]) == ("database.example", "127.0.0.1")

    async def test_unknown_host_is_an_operational_error(self, make_engine: MakeEngine) -> None:
        engine = make_engine("postgresql://parley@host.invalid/parley")

        with pytest.raises(exc.OperationalError, match=r"host\.invalid"):
            await engine.connect().start()

    async def test_refusing_port_is_an_operational_error(self, make_engine: MakeEngine, gateway: Gateway) -> None:
        await gateway.__aexit__()

        with pytest.raises(exc.OperationalError, match="refused"):
            await make_engine(gateway.url()).connect().start()

    async def test_silent_server_is_an_operational_error_when_time_is_up(self, make_engine: MakeEngine) -> None:
        async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            writer.close()

        async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as silent:
            port = silent.sockets[0].getsockname()[1]
            engine = make_engine(f"postgresql://parley@127.0.0.1:{port}/parley?connect_timeout=0.1")

            with pytest.raises(exc.OperationalError, match="timeout expired"):
                await engine.connect().start()

    async def test_next_host_is_tried_while_one_is_starting_up(
        self, make_engine: MakeEngine, gateway: Gateway
    ) -> None:
        async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(1024)
            fields = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"
            writer.write(b"E" + (len(fields) + 4).to_bytes(4, "big") + fields)
            writer.close()

        async with await asyncio.start_server(refuse, "127.0.0.1", 0) as starting:
            ports = f"{starting.sockets[0].getsockname()[1]},{gateway.port}"
            query = {"host": "127.0.0.1,127.0.0.1", "port": ports, "sslmode": "disable"}
            url = gateway.url().set(host=None, port=None).update_query_dict(query)

            async with asyncio.timeout(PATIENCE_S), make_engine(url).connect() as conn:
                assert await pid_of(conn) > 0

    async def test_options_of_the_url_reach_libpq(self, make_engine: MakeEngine, postgres_url: str) -> None:
        url = make_url(postgres_url).update_query_dict(
            {"sslmode": "disable", "application_name": "by url", "timeout": "7", "keepalives_idle": "30"}
        )

        async with make_engine(url).connect() as conn:
            driver: Any = (await conn.get_raw_connection()).driver_connection
            said = driver.raw.get_dsn_parameters()

            assert (await conn.execute(text("SHOW application_name"))).scalar_one() == "by url"
            assert (said["sslmode"], said["keepalives_idle"], driver.timeout) == ("disable", "30", 7.0)

    async def test_new_connection_asks_nothing(self, make_engine: MakeEngine, gateway: Gateway) -> None:
        engine = make_engine(gateway.url())
        async with engine.connect():
            before = gateway.queries

            async with engine.connect():
                assert gateway.queries == before


class Colour(enum.Enum):
    RED = "red"
    GREEN = "green"


NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
VALUES: dict[str, tuple[Any, Any]] = {
    "json": (JSON(), {"a": [1, None, "ä"], "b": {"c": 1.5}}),
    "jsonb": (JSONB(), [{"x": True}, "☃", None]),
    "uuid": (Uuid(), uuid.UUID(int=7)),
    "uuids": (ARRAY(Uuid()), [uuid.UUID(int=1), uuid.UUID(int=2)]),
    "integers": (ARRAY(Integer()), [1, None, 3]),
    "tables": (ARRAY(String(), dimensions=2), [["a", "b"], ["{", '"']]),
    "range": (INT4RANGE(), Range(1, 5)),
    "times": (TSTZRANGE(), Range(NOON, None, bounds="[)")),
    "enum": (Enum(Colour, name="colour"), Colour.GREEN),
    "bytes": (LargeBinary(), bytes(range(256))),
    "numeric": (Numeric(20, 10), decimal.Decimal("1234567890.0123456789")),
    "moment": (DateTime(timezone=True), NOON),
    "date": (Date(), dt.date(2026, 1, 1)),
    "interval": (Interval(), dt.timedelta(days=3, microseconds=1)),
    "inet": (INET(), "10.0.0.1/8"),
    "text": (String(), "it's 100% \\ 'ok' %(x)s :y 👍"),
}


class TestValues:
    @pytest.mark.parametrize("kind", VALUES)
    async def test_value_comes_back_as_from_psycopg2(self, engine: AsyncEngine, postgres_url: str, kind: str) -> None:
        type_, value = VALUES[kind]
        table = Table("kept", MetaData(schema=SCHEMA), Column("value", type_))
        async with engine.begin() as conn:
            await conn.run_sync(table.metadata.create_all)
            await conn.execute(insert(table).values(value=value))

            found = (await conn.execute(select(table.c.value).where(table.c.value.is_not(None)))).scalar_one()
        sync_engine = create_engine(make_url(postgres_url).set(drivername="postgresql+psycopg2"))
        with sync_engine.connect() as sync_conn:
            expected = sync_conn.execute(select(table.c.value)).scalar_one()
        sync_engine.dispose()

        assert found == expected == value
        assert type(found) is type(expected)

    async def test_json_is_read_by_the_decoder_of_the_engine(self, make_engine: MakeEngine) -> None:
        engine = make_engine(json_deserializer=lambda document: json.loads(document, parse_float=decimal.Decimal))
        async with engine.connect() as conn:
            row = (await conn.execute(text("SELECT json '1.10', jsonb '2.20'"))).one()

        assert row == (decimal.Decimal("1.10"), decimal.Decimal("2.20"))

    async def test_many_rows_are_inserted_in_few_statements_and_keep_their_order(
        self, make_engine: MakeEngine, gateway: Gateway
    ) -> None:
        engine = make_engine(gateway.url())
        async with engine.connect() as conn:
            before = gateway.queries
            rows = [{"name": f"n{number}"} for number in range(1000)]

            statement = insert(things).returning(things.c.name, sort_by_parameter_order=True)
            inserted = (await conn.execute(statement, rows)).scalars().all()

        assert inserted == [row["name"] for row in rows]
        assert gateway.queries - before < 5

    @pytest.mark.parametrize("mode", ["values_only", "values_plus_batch"])
    async def test_one_statement_with_many_parameters_changes_every_row(
        self, make_engine: MakeEngine, mode: str
    ) -> None:
        engine = make_engine(executemany_mode=mode)
        async with engine.begin() as conn:
            await conn.execute(insert(things), [{"name": "a"}, {"name": "b"}, {"name": "c"}])
            changes = [{"old": "a", "new": "A"}, {"old": "c", "new": "C"}, {"old": "missing", "new": "x"}]

            result = await conn.execute(
                update(things).where(things.c.name == param("old")).values(name=param("new")), changes
            )

            assert set(await names(conn)) == {"A", "b", "C"}
            if mode == "values_only":
                assert result.rowcount == 2

    async def test_violated_constraint_is_told_by_name(self, engine: AsyncEngine) -> None:
        with pytest.raises(exc.IntegrityError) as caught:
            async with engine.begin() as conn:
                await conn.execute(insert(things), [{"name": "a"}, {"name": "a"}])

        assert caught.value.orig.diag.constraint_name == "things_name_key"  # type: ignore[union-attr]

    async def test_notices_of_the_server_are_logged(
        self, engine: AsyncEngine, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO, "sqlalchemy.dialects.postgresql")

        async with engine.connect() as conn:
            await conn.execute(text("DO 'BEGIN RAISE NOTICE ''hear me''; END'"))

        assert "hear me" in caplog.text


class TestConcurrency:
    async def test_connections_work_at_the_same_time(self, make_engine: MakeEngine, other: AsyncConnection) -> None:
        engine = make_engine(pool_size=5)
        blocked = [await blocked_task(engine, other) for _ in range(5)]

        assert len({pid for pid, _ in blocked}) == 5
        await unblock(other)
        assert await asyncio.gather(*(task for _, task in blocked)) == [None] * 5

    async def test_statements_of_two_tasks_on_one_connection_take_turns(self, engine: AsyncEngine) -> None:
        async with engine.connect() as conn:
            answers = await asyncio.gather(*(conn.execute(select(number)) for number in range(20)))

        assert [answer.scalar_one() for answer in answers] == list(range(20))


LOCK = 4711


async def blocked_task(engine: AsyncEngine, other: AsyncConnection) -> tuple[int, asyncio.Task[None]]:
    """A task whose statement waits for `other` to `unblock`, and the process id of its backend."""
    await other.execute(select(func.pg_advisory_lock(LOCK)))
    known: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def wait() -> None:
        async with engine.begin() as conn:
            known.set_result(await pid_of(conn))
            await conn.execute(select(func.pg_advisory_xact_lock_shared(LOCK)))

    task = asyncio.create_task(wait())
    pid = await known
    await until_waiting(other, pid)
    return pid, task


async def unblock(other: AsyncConnection) -> None:
    await other.execute(select(func.pg_advisory_unlock_all()))


async def connected(url: str) -> dialect.Connection:
    return await dialect.connect(url)
