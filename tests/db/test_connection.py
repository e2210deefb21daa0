"""Opening a connection, and one among many open files."""

import asyncio
import gc
import os
import resource
import socket
from collections.abc import Iterator
from typing import Any

import psycopg2.extensions
import pytest
from sqlalchemy import exc, make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from app.db.driver import connection
from tests.db.backends import Gateway, blocked_task, kill, names, pid_of
from tests.db.conftest import MakeEngine
from tests.support.load import PATIENCE_S


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

    async def test_next_host_is_tried_while_one_is_starting_up(self, make_engine: MakeEngine, gateway: Gateway) -> None:
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


class TestCancelling:
    @pytest.mark.parametrize("reason", [asyncio.CancelledError, TimeoutError])
    async def test_statement_left_unanswered_closes_the_connection(
        self, postgres_url: str, reason: type[BaseException]
    ) -> None:
        raw = await connection.connect(postgres_url, timeout=0.1 if reason is TimeoutError else PATIENCE_S)
        cursor = await raw.cursor()
        task = asyncio.create_task(cursor.execute("SELECT pg_sleep(%s)", (PATIENCE_S,)))
        await asyncio.sleep(0)  # it is sent

        if reason is asyncio.CancelledError:
            task.cancel()
        with pytest.raises(reason):
            await task

        assert raw.closed


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


@pytest.mark.parametrize("given", ["url", "environment"])
async def test_a_server_without_tls_is_refused_where_tls_is_required(
    given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`sslmode` in the address, or `PGSSLMODE` where the address cannot be changed, as on Heroku."""
    asked: list[bytes] = []
    hung_up = asyncio.Event()

    async def without_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readexactly(8))
        writer.write(b"N")
        await reader.read()
        writer.close()
        await writer.wait_closed()
        hung_up.set()

    if given == "environment":
        monkeypatch.setenv("PGSSLMODE", "require")
    async with await asyncio.start_server(without_tls, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        query = "?sslmode=require" if given == "url" else ""
        engine = create_async_engine(f"postgresql+aiopg://parley@{host}:{port}/parley{query}")

        with pytest.raises(exc.OperationalError, match="server does not support SSL, but SSL was required"):
            await engine.connect()

        await engine.dispose()
        async with asyncio.timeout(PATIENCE_S):
            await hung_up.wait()
    assert asked == [bytes.fromhex("0000000804d2162f")]  # SSLRequest, and nothing after it


async def test_a_connection_that_is_closed_twice_keeps_nobody_else_from_hearing(migrated_url: str) -> None:
    loop, readable = asyncio.get_running_loop(), asyncio.Event()
    ours = await connection.connect(migrated_url)
    number = ours.raw.fileno()
    await ours.close()
    pairs = [socket.socketpair() for _ in range(50)]  # one of which inherits the number: the lowest ones come first
    others = {one.fileno(): other for pair in pairs for one, other in (pair, pair[::-1])}
    loop.add_reader(number, readable.set)

    await ours.close()
    others[number].send(b"hello")

    async with asyncio.timeout(PATIENCE_S):
        await readable.wait()
    loop.remove_reader(number)
    for one in others.values():
        one.close()


async def test_nothing_of_a_statement_waits_for_the_garbage_collector(make_engine: MakeEngine) -> None:
    engine, long = make_engine(), "x" * 100_000
    gc.collect()
    gc.disable()
    try:
        async with engine.begin() as conn:
            await conn.execute(text("SELECT CAST(:long AS TEXT)"), {"long": long})
            driver: Any = (await conn.get_raw_connection()).driver_connection
            await driver.fetch("SELECT %(long)s", {"long": long})
        left = [each for each in gc.get_objects() if isinstance(each, psycopg2.extensions.cursor)]
    finally:
        gc.enable()

    assert left == []
