"""What a transaction and a value are through `postgresql+aiopg`, against a real PostgreSQL."""

import asyncio
import datetime as dt
import decimal
import enum
import json
import logging
import uuid
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
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
    insert,
    literal,
    make_url,
    select,
    text,
    update,
)
from sqlalchemy import bindparam as param
from sqlalchemy.dialects.postgresql import INET, INT4RANGE, JSONB, TSTZRANGE, Range
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tests.db.backends import SCHEMA, Gateway, blocked_task, names, things, unblock
from tests.db.conftest import MakeEngine


class TestTransactions:
    @pytest.mark.parametrize(
        ("level", "opened", "round_trips"),
        [("AUTOCOMMIT", AsyncEngine.connect, 1), (None, AsyncEngine.begin, 2)],
        ids=["autocommit", "transaction"],
    )
    async def test_statement_costs_one_round_trip_in_autocommit_and_two_in_a_transaction(
        self,
        make_engine: MakeEngine,
        gateway: Gateway,
        level: str | None,
        opened: Callable[[AsyncEngine], AbstractAsyncContextManager[AsyncConnection]],
        round_trips: int,
    ) -> None:
        engine = make_engine(gateway.url(), isolation_level=level)
        async with engine.connect():
            before = gateway.queries

        async with opened(engine) as conn:
            await conn.execute(insert(things).values(name="a"))

        assert gateway.queries - before == round_trips

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
        async def fail() -> None:
            async with engine.begin() as conn:
                await conn.execute(insert(things).values(name="a"))
                raise KeyError

        with pytest.raises(KeyError):
            await fail()

        assert await names(other) == []

    async def test_savepoint_undoes_its_own_part_alone(self, engine: AsyncEngine, other: AsyncConnection) -> None:
        async with engine.begin() as conn:
            await conn.execute(insert(things).values(name="kept"))
            savepoint = await conn.begin_nested()
            await conn.execute(insert(things).values(name="undone"))
            with pytest.raises(exc.DBAPIError):
                await conn.execute(text("SELECT 1/0"))
            await savepoint.rollback()
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

    async def test_statement_that_does_not_parse_leaves_no_transaction(self, engine: AsyncEngine) -> None:
        async with engine.begin() as conn:
            with pytest.raises(exc.ProgrammingError):
                await conn.execute(text("SELEKT 1"))

            assert await names(conn) == []

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

            with pytest.raises(exc.OperationalError, match="read-only transaction") as caught:
                await conn.execute(insert(things).values(name="a"))

            assert not caught.value.connection_invalidated

    async def test_deferrable_transaction_is_one_for_the_server(self, engine: AsyncEngine) -> None:
        async with engine.connect() as conn:
            await conn.execution_options(
                isolation_level="SERIALIZABLE", postgresql_readonly=True, postgresql_deferrable=True
            )

            assert (await conn.execute(text("SHOW transaction_deferrable"))).scalar_one() == "on"


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

    async def test_rows_without_columns_are_counted(self, engine: AsyncEngine) -> None:
        async with engine.connect() as conn:
            assert len((await conn.execute(text("SELECT FROM generate_series(1, 3)"))).all()) == 3

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
            await conn.execute(text("DO 'BEGIN RAISE NOTICE ''notice me''; END'"))

        assert "notice me" in caplog.text


class TestConcurrency:
    async def test_connections_work_at_the_same_time(self, make_engine: MakeEngine, other: AsyncConnection) -> None:
        engine = make_engine(pool_size=5)
        blocked = [await blocked_task(engine, other) for _ in range(5)]

        assert len({pid for pid, _ in blocked}) == 5
        await unblock(other)
        assert await asyncio.gather(*(task for _, task in blocked)) == [None] * 5

    async def test_statements_of_two_tasks_on_one_connection_take_turns(self, engine: AsyncEngine) -> None:
        async with engine.connect() as conn:
            answers = await asyncio.gather(*(conn.execute(select(literal(number))) for number in range(20)))

        assert [answer.scalar_one() for answer in answers] == list(range(20))
