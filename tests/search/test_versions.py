"""What finds what is the same on each PostgreSQL that Parley may run on, whatever the locale of its database."""

import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.base.config import DatabaseConfig
from app.db import migrate
from app.db.driver.engine import make_engine
from app.db.embedded import binaries
from app.search.asking.answer import answer_for
from app.search.index.follower import follow
from tests.conftest import sync_engine
from tests.db import clusters
from tests.search.asking.conftest import say
from tests.search.test_cases import CASES, asked
from tests.support import debian
from tests.support.index import faults_in_index

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
TEXTS = sorted({body for cases in CASES.values() for case in cases for body in (*case.hits, *case.misses)})
TURKISH = "tr_TR.UTF-8"  # I is no capital of i
LOCALES = ("C", "C.UTF-8", TURKISH)


def programs_of(version: str) -> Path:
    """Where a PostgreSQL is: Debian's, or one of the package that Parley brings along."""
    if version == "of Debian":
        found = clusters.machines_own() or (debian.install("postgresql") and clusters.machines_own())
        return found[0] if found else pytest.skip("this machine has no PostgreSQL of Debian")
    site = binaries.site_packages()
    assert site is not None
    return site / binaries.PACKAGE / binaries.INSTALLATIONS[int(version)] / "bin"


@pytest.fixture
def environment(fresh_folder: Path) -> dict[str, str]:
    """That of a server, with which it has the Turkish locale, where the machine can make that."""
    fresh_folder.mkdir(mode=0o711)
    if shutil.which("localedef"):
        make = ("localedef", "-i", "tr_TR", "-f", "UTF-8", str(fresh_folder / TURKISH))
        subprocess.run(make, check=False, capture_output=True)
    return {"LOCPATH": str(fresh_folder)} if (fresh_folder / TURKISH).exists() else {}


def made(server: str, locale: str) -> str | None:
    """The address of a new database with a locale; None where the server has not got that."""
    name = "parley_" + "".join(filter(str.isalnum, locale)).lower()
    with sync_engine(server, isolation_level="AUTOCOMMIT").connect() as conn:
        try:
            conn.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template0 LOCALE '{locale}'")
        except Exception as error:
            if isinstance(getattr(error, "orig", None), psycopg2.errors.WrongObjectType):
                return None
            raise
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@asynccontextmanager
async def indexed(url: str) -> AsyncIterator[AsyncConnection]:
    """A chat in which somebody has said all texts of the table; all of them are in the index."""
    migrate.upgrade(url, lambda _: None)
    database = sync_engine(url)
    with database.begin() as conn:
        conn.execute(text("INSERT INTO users (login, display_name, password_hash) VALUES ('alice', 'Alice', '')"))
        conn.execute(text("INSERT INTO memberships (user_id, room_id) VALUES (1, 1)"))
    say(database, [(1, 1, NOON, body) for body in TEXTS])
    engine = make_engine(DatabaseConfig(database_url=url, _env_file=None))
    async with engine.begin() as conn:
        while (await follow(conn, {}, 1_000, of_all=True)).heads:
            pass
    with database.connect() as conn:
        assert faults_in_index(conn) == []
    async with engine.connect() as conn:
        yield conn
    await engine.dispose()


async def found(conn: AsyncConnection, typed: str) -> set[str]:
    question = asked(typed)
    answer = await answer_for(conn, 1, question, None, UTC)
    page = await answer.page(question, None, len(TEXTS))
    assert page.below is None
    return {hit.message.text for hit in page.hits}


async def wrong(conn: AsyncConnection) -> list[str]:
    """The cases that do not hold."""
    said = []
    for case in (case for cases in CASES.values() for case in cases):
        texts = await found(conn, case.typed)
        said += [f"{case.typed} does not find {body}" for body in case.hits if body not in texts]
        said += [f"{case.typed} finds {body}" for body in case.misses if body in texts]
    return said


@pytest.mark.parametrize("version", ["of Debian", "16", "18"])
async def test_all_cases_hold_whatever_the_locale(
    version: str, environment: dict[str, str], fresh_folder: Path
) -> None:
    tried = set()
    try:
        with clusters.cluster(programs_of(version), fresh_folder / "server", environment=environment) as server:
            for locale in LOCALES:
                if (database := made(server, locale)) is None:
                    continue
                async with indexed(database) as conn:
                    assert await wrong(conn) == [], locale
                tried.add(locale)
    except clusters.DoesNotRun as error:
        pytest.skip(str(error))

    assert tried == {*LOCALES} if environment else tried >= {"C", "C.UTF-8"}
