"""What every test may ask for: a real PostgreSQL, thrown away at the end."""

import fcntl
import functools
import gc
import os
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck
from hypothesis import settings as property_settings
from sqlalchemy import Connection, Engine, NullPool, create_engine, insert, make_url, text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from app.auth.passwords import turns
from app.base.config import Config
from app.chat.memberships import following, read_marks
from app.chat.messages import journal, message_source
from app.db import migrate
from app.db.driver import dialect, settings
from app.db.driver.engine import make_engine
from app.db.embedded import embedded
from app.db.first_admin import invite_first_admin
from app.db.schema import instance, metadata, rooms
from app.limits import gate, rate, sockets
from app.live import client, websocket
from app.live.bus import bus, postgres_bus, redis_bus
from app.pulse import pulse
from app.search import service as searching
from app.search.asking import answer, meant
from app.search.index.terms import WORDS_VERSION
from tests.db.disks import Mount, mounting
from tests.support.apps import make_app
from tests.support.browsing import Browser, Browsers, Open, opening
from tests.support.redis_server import RedisServer, redis_server

GROWN_BYTES = 1024 * 1024
MEMORY, ROOM_BYTES = "/dev/shm", 4 * 1024**3
PREFIX = "parley-tests-"
DATABASE_WAITS = ("db_pool_timeout_s", "db_connect_timeout_s", "db_statement_timeout_s")
LONG_S = 300.0  # a busy machine was seen to take more than a minute for a connection


# How long an example takes, or making one, says how busy the machine is.
property_settings.register_profile("parley", deadline=None, suppress_health_check=[HealthCheck.too_slow])
property_settings.load_profile("parley")


def pytest_configure(config: pytest.Config) -> None:
    # As in app/auth/cookies.py; pytest starts each test with its own filters.
    config.addinivalue_line("filterwarnings", "ignore::aiohttp.web.NotAppKeyWarning:aiohttp_session")


# What takes a minute, or most of one.
LONG = ("faults/test_faults", "chat/test_network_cut", "browser/test_network", "db/test_vanished_client")
LONG += ("faults/test_bugs", "rooms/test_snapshot", "chat/messages/test_plans", "search/test_plans")
LONG += ("search/test_versions", "live/test_stopped_readers", "test_bench", "transfer/test_killed")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long: a long test that begins last would run alone."""
    places = {f"tests/{name}.py": place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(LONG)))


def pytest_collection_finish() -> None:
    gc.freeze()  # half a million objects of modules and tests, which stay: no round has to look through them


@pytest.fixture(scope="session")
def world_folder() -> Iterator[Path]:
    """A folder that the account of PostgreSQL reaches, which those of `tmp_path` are not for when we are root."""
    memory = MEMORY if _has_room(MEMORY) else None
    if memory is not None:
        _remove_abandoned(Path(memory))
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=memory))
    folder.chmod(0o711)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
    shutil.rmtree(folder)


def _remove_abandoned(memory: Path) -> None:
    """Remove the folders of runs that were killed: nobody holds their lock. They would take memory for ever."""
    for folder in memory.glob(f"{PREFIX}*"):
        with suppress(OSError), (folder / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)


def _has_room(memory: str) -> bool:
    """Whether there is a file system in memory for the databases: nothing of the many gigabytes they write is kept."""
    try:
        system = os.statvfs(memory)
    except FileNotFoundError:
        return False
    return system.f_bavail * system.f_frsize >= ROOM_BYTES and not system.f_flag & os.ST_NOEXEC


@pytest.fixture
def fresh_folder(world_folder: Path) -> Iterator[Path]:
    """A data folder that is not there yet."""
    around = Path(tempfile.mkdtemp(prefix="run-", dir=world_folder))
    around.chmod(0o711)
    yield around / "data"
    shutil.rmtree(around)


@pytest.fixture
def small_disk(world_folder: Path) -> Iterator[Mount]:
    """Makes disks of so many MiB, in memory."""
    with mounting(world_folder) as mount:
        yield mount


@pytest.fixture(scope="session")
def model_folder(world_folder: Path) -> Path:
    """A data folder as Parley leaves it after it has migrated."""
    folder = world_folder / "model"
    with embedded.running(folder, print, settings=embedded.THROW_AWAY) as database:
        migrate.upgrade(database.url, print)
    (folder / "postgres.log").unlink()
    return folder


@pytest.fixture
def used_folder(model_folder: Path, fresh_folder: Path) -> Path:
    """A data folder of a Parley that ran before: a start on it has nothing to create, and takes seconds less."""
    subprocess.run(["cp", "-a", str(model_folder), str(fresh_folder)], check=True)
    return fresh_folder


@pytest.fixture(scope="session")
def postgres_url(world_folder: Path) -> Iterator[str]:
    """`postgresql://` URL of a scratch database, superuser; each xdist worker has a server of its own."""
    with embedded.running(world_folder / "server", print, connections=200, settings=embedded.THROW_AWAY) as database:
        yield database.url


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis; each xdist worker has one of its own."""
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def empty_url(postgres_url: str) -> Iterator[str]:
    """`postgresql://` URL of a database with nothing in it."""
    name = f"empty_{uuid.uuid4().hex}"
    with sync_engine(postgres_url).connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
        conn.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def migrated_url(postgres_url: str) -> str:
    """`postgresql://` URL of a database of the app's own, migrated once per run; use it through `database`."""
    scratch = sync_engine(postgres_url)
    with scratch.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text("CREATE DATABASE parley_app"))
    url = make_url(postgres_url).set(database="parley_app").render_as_string(hide_password=False)
    migrate.upgrade(url, print)
    return url


@pytest.fixture(scope="session")
def migrated(migrated_url: str) -> Engine:
    """A synchronous engine on the app's database; use it through `database`."""
    return sync_engine(migrated_url)


@pytest.fixture(scope="session")
def emptying(migrated: Engine) -> Iterator[Engine]:
    """One connection, kept: on a new one PostgreSQL reads first what all the tables are, three times the work."""
    engine = create_engine(migrated.url, pool_size=1, max_overflow=0, pool_pre_ping=True)
    yield engine
    engine.dispose()


@pytest.fixture
def database(migrated: Engine, emptying: Engine) -> Engine:
    """A synchronous engine on the app's database, as it was just after the migration.

    But its index has our words: a Parley that serves in the test's process would put that right, in a transaction that
    ends by the event loop, for which a test that waits for the same row never gives time.
    """
    lobby = {"name": "Lobby", "name_key": "lobby", "topic": "Everyone lands here. Say hello.", "for_everyone": True}
    with emptying.begin() as conn:
        empty(conn)
        conn.execute(insert(rooms).values(lobby))
        unset = {"welcomed_at": None, "words_version": WORDS_VERSION, "address": None, "second_factor": False}
        conn.execute(update(instance).values(name="Parley", open_sign_up=True, **unset))
    return migrated


def empty(conn: Connection) -> None:
    """Empty all tables but `instance`, and number anew: with DELETE, which takes a fifth of what TRUNCATE takes.

    Nobody vacuums here, so what has grown is truncated.
    """
    tables = [table for table in reversed(metadata.sorted_tables) if table.name != "instance"]
    names = [table.name for table in tables]
    largest = text("SELECT max(pg_total_relation_size(name)) FROM unnest(CAST(:names AS regclass[])) AS name")
    if conn.execute(largest, {"names": names}).scalar_one() > GROWN_BYTES:
        conn.execute(text(f"TRUNCATE {', '.join(names)} RESTART IDENTITY"))
        return
    numbered = [table.name for table in tables if "id" in table.columns and table.columns["id"].identity is not None]
    statements = [f"DELETE FROM {name}" for name in names]
    statements += [f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), 1, false)" for name in numbered]
    conn.execute(text("; ".join(statements)))


@pytest.fixture
def address(database: Engine) -> str:
    """Of the database of a test, as `DATABASE_URL` has it."""
    return url_of(database)


@pytest.fixture
def config(database: Engine) -> Config:
    return make_config(database)


@pytest.fixture
async def engine(config: Config) -> AsyncIterator[AsyncEngine]:
    """As the app has one."""
    engine = make_engine(config)
    yield engine
    await engine.dispose()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The clock by which people are limited. It stands still at `now`, in seconds, until a test moves it.

    By the machine's, whoever is slow is allowed again what they asked too often.
    """
    clock = SimpleNamespace(now=time.monotonic())
    monkeypatch.setattr(rate, "now", lambda: clock.now)
    return clock


Serve = Callable[..., Awaitable[TestServer]]


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has Parley wait as long for its database, its bus and its readers as the slowest machine may take.

    Whoever is cut off, refused or forgotten then has earned it. `make_config` has the waits that are settings.
    """
    for module in (following, journal, message_source, read_marks, postgres_bus, redis_bus):
        monkeypatch.setattr(module, "ANSWER_S", LONG_S)
    for module in (gate, turns, searching):
        monkeypatch.setattr(module, "WAIT_S", LONG_S)
    for module in (answer, meant):
        monkeypatch.setattr(module, "BUDGET_S", LONG_S)
    monkeypatch.setattr(searching, "STATEMENT_TIMEOUT_S", LONG_S)
    monkeypatch.setattr(postgres_bus, "PROBE_S", LONG_S)
    monkeypatch.setattr(bus, "ECHO_LATE_S", LONG_S)
    monkeypatch.setattr(bus, "ALONE_AFTER_S", LONG_S)
    monkeypatch.setattr(sockets, "FORGET_S", LONG_S)
    monkeypatch.setattr(pulse, "BEAT_S", LONG_S)
    monkeypatch.setattr(pulse, "FRESH_S", 0.0)  # who asks gets what is so now
    monkeypatch.setattr(dialect, "PING_TIMEOUT_S", LONG_S)
    monkeypatch.setattr(settings, "IDLE_IN_TRANSACTION_TIMEOUT_S", round(LONG_S))
    monkeypatch.setattr(client, "STALLED_S", LONG_S)
    monkeypatch.setattr(websocket, "PING_S", (LONG_S, LONG_S))


@pytest.fixture
async def serve(database: Engine, unhurried: None, tmp_path: Path) -> AsyncIterator[Serve]:
    """Starts the whole app on a free port, with settings of one's choice; cheap password hashes."""
    async with AsyncExitStack() as stack:

        async def start(**settings: Any) -> TestServer:
            app = make_app(make_config(database, **({"parley_data": tmp_path / "data"} | settings)))
            return await stack.enter_async_context(TestServer(app))

        yield start


@pytest.fixture
async def server(serve: Serve) -> TestServer:
    return await serve()


@pytest.fixture
async def open_browser() -> AsyncIterator[Open]:
    """Opens browsers on any server: `open_browser(server, **headers)`."""
    async with opening() as open_browser:
        yield open_browser


@pytest.fixture
def browser(server: TestServer, open_browser: Open) -> Browsers:
    """Opens browsers of different people, all on one server: `browser(**headers)`."""
    return functools.partial(open_browser, server)


@pytest.fixture
async def alice(browser: Browsers) -> Browser:
    """The browser of somebody who has just created the account "alice", the first of all."""
    alice = browser()
    assert (await alice.sign_up("alice")).status == 303
    return alice


@pytest.fixture
async def bob(alice: Browser, browser: Browsers) -> Browser:
    """Another one, whose account "bobby" came second: a member and no admin."""
    bob = browser()
    assert (await bob.sign_up("bobby")).status == 303
    return bob


@pytest.fixture
def first_link(database: Engine) -> str:
    """The path of the link by which the first account is created from another machine than ours."""
    made = invite_first_admin(url_of(database), "")
    assert made is not None
    return made


def url_of(database: Engine) -> str:
    return database.url.set(drivername="postgresql").render_as_string(hide_password=False)


def make_config(database: Engine, **settings: Any) -> Config:
    given = {
        "database_url": url_of(database),
        "secret_key": "a secret of tests, 32 characters or more",
        "sign_ups_per_hour": 1000,
    }
    given |= {"link_previews": False}  # nothing asks addresses of the internet
    given |= dict.fromkeys(DATABASE_WAITS, LONG_S)
    return Config(_env_file=None, **(given | settings))


def sync_engine(url: str, **options: Any) -> Engine:
    return create_engine(make_url(url).set(drivername="postgresql+psycopg2"), poolclass=NullPool, **options)
