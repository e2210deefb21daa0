"""The whole app behind a real PgBouncer in transaction mode, which gives each statement another server connection."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from app.db.driver import settings
from app.db.driver.engine import DATABASE_GONE, make_engine
from app.db.schema import messages
from app.live import loader
from app.live.bus import postgres_bus
from app.live.bus.postgres_bus import POOLER_BREAKS_LISTEN
from tests.chat.conftest import Join, Member
from tests.conftest import Serve, make_config
from tests.support.browsing import Browser, Open
from tests.support.load import PATIENCE_S
from tests.support.pgbouncer import pgbouncer

RATE = {"post_rate": 1_000_000, "post_burst": 1_000_000}


@pytest.fixture(scope="module")
def pooled_url(migrated_url: str, world_folder: Path) -> Iterator[str]:
    """The app's database through a pooler that takes no settings."""
    with pgbouncer(migrated_url, world_folder) as url:
        yield url


async def test_posting_at_once_through_a_small_pool_keeps_every_ack(
    serve: Serve, join: Join, pooled_url: str, database: Engine
) -> None:
    servers = [await serve(database_url=pooled_url, **RATE) for _ in range(2)]
    writers = [await join(f"writer{number}", at=servers[number % 2]) for number in range(10)]

    async def write(writer: Member) -> list[int]:
        for number in range(100):
            await writer.socket.post(f"{number}")
        return [(await writer.socket.until("ack"))["seq"] for _ in range(100)]

    acknowledged = await asyncio.gather(*map(write, writers))

    assert sorted(seq for seqs in acknowledged for seq in seqs) == list(range(1, 1_001))
    with database.connect() as conn:
        for writer, seqs in zip(writers, acknowledged, strict=True):
            own = select(messages.c.seq, messages.c.body).where(messages.c.author_id == writer.author["id"])
            rows = conn.execute(own.order_by(messages.c.seq)).all()
            assert [tuple(row) for row in rows] == [(seq, f"{number}") for number, seq in enumerate(seqs)]


async def test_settings_that_the_pooler_refuses_are_told_once_and_done_without(
    pooled_url: str, database: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    engine = make_engine(make_config(database, database_url=pooled_url, db_statement_timeout_s=5))
    try:
        conns = await asyncio.gather(*(engine.connect().start() for _ in range(3)))
        for conn in conns:
            assert await conn.scalar(text("SHOW statement_timeout")) == "0"
            await conn.close()
    finally:
        await engine.dispose()

    [line] = [record.getMessage() for record in caplog.records if record.name == settings.__name__]
    assert "ALTER ROLE … SET statement_timeout = '5000ms'" in line


async def test_a_statement_ends_in_time_where_the_server_does_not_end_it(pooled_url: str, database: Engine) -> None:
    engine = make_engine(make_config(database, database_url=pooled_url, db_statement_timeout_s=0.2))
    try:
        async with asyncio.timeout(PATIENCE_S), engine.connect() as conn:
            with pytest.raises(DATABASE_GONE):
                await conn.execute(text(f"SELECT pg_sleep({2 * PATIENCE_S})"))
    finally:
        await engine.dispose()


async def test_times_are_in_utc_where_the_server_is_elsewhere(
    serve: Serve, join: Join, migrated_url: str, world_folder: Path, database: Engine
) -> None:
    name = database.url.database
    with database.begin() as conn:
        conn.execute(text(f"ALTER DATABASE {name} SET timezone = 'Asia/Kolkata'"))
    try:
        with pgbouncer(migrated_url, world_folder) as url:
            alice = await join("alice", at=await serve(database_url=url, database_direct_url=migrated_url))
            await alice.socket.posted("hello")
            event, page = await alice.socket.until("message"), await alice.history()
    finally:
        with database.begin() as conn:
            conn.execute(text(f"ALTER DATABASE {name} RESET timezone"))

    assert event["time"] == page["messages"][0]["time"]
    assert event["time"].endswith("Z")
    assert abs(datetime.now(UTC) - datetime.fromisoformat(event["time"])) < timedelta(hours=1)


@pytest.fixture
def short_probe(unhurried: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_bus, "PROBE_S", 2.0)


@pytest.mark.usefixtures("short_probe")
async def test_that_notifications_do_not_come_is_told_and_messages_cross_all_the_same(
    serve: Serve, join: Join, pooled_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    here, there = [await serve(database_url=pooled_url, **RATE) for _ in range(2)]
    alice, bob = await join("alice", at=here), await join("bobby", at=there)
    for member in (alice, bob):
        await until_bus_is(POOLER_BREAKS_LISTEN, member.browser)

    for number in range(3):
        await alice.socket.posted(f"{number}")
        assert (await bob.socket.until("message"))["text"] == f"{number}"

    logged = [record.message for record in caplog.records if record.levelname == "ERROR"]
    assert logged == [POOLER_BREAKS_LISTEN] * 2
    for word in ("DATABASE_URL", "DATABASE_DIRECT_URL", "REDIS_URL"):
        assert word in POOLER_BREAKS_LISTEN


@pytest.mark.parametrize("way", ["database_direct_url", "redis_url"])
async def test_doorbells_ring_past_the_pooler(
    serve: Serve,
    join: Join,
    pooled_url: str,
    migrated_url: str,
    way: str,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loader, "RECONCILE_S", 1_000)
    address = migrated_url if way == "database_direct_url" else request.getfixturevalue("redis").url
    here, there = [await serve(database_url=pooled_url, **RATE, **{way: address}) for _ in range(2)]
    alice, bob = await join("alice", at=here), await join("bobby", at=there)
    for member in (alice, bob):
        await until_bus_is("ok", member.browser)

    for number in range(20):
        await alice.socket.posted(f"{number}")

    assert await bob.socket.texts(20) == [f"{number}" for number in range(20)]


@pytest.mark.usefixtures("short_probe")
async def test_a_direct_url_that_is_a_pooler_too_is_told_in_the_same_words(
    serve: Serve, pooled_url: str, open_browser: Open
) -> None:
    await until_bus_is(
        POOLER_BREAKS_LISTEN, open_browser(await serve(database_url=pooled_url, database_direct_url=pooled_url))
    )


async def until_bus_is(state: str, browser: Browser) -> None:
    """Wait until `/readyz` says that of the bus."""
    async with asyncio.timeout(PATIENCE_S):
        while json.loads((await browser.ask("GET", "/readyz")).text)["bus"] != state:  # noqa: ASYNC110 (it has no event)
            await asyncio.sleep(0.02)
