"""Readiness says what a router should do: no word but "cannot" takes a process out of service."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text

from app.db import migrate
from tests.conftest import Serve
from tests.support.browsing import Browser, Browsers, Open


@contextmanager
def changed(database: Engine, there: str, back: str) -> Iterator[None]:
    with database.begin() as conn:
        conn.execute(text(there))
    try:
        yield
    finally:
        with database.begin() as conn:
            conn.execute(text(back))


def at(revision: str) -> str:
    return f"UPDATE alembic_version SET version_num = '{revision}'"


async def readiness(browser: Browser) -> tuple[int, dict[str, str]]:
    answer = await browser.ask("GET", "/readyz")
    return answer.status, json.loads(answer.text)


async def test_a_server_that_could_lose_what_it_took_is_degraded(browser: Browsers) -> None:
    """The scratch server of these tests runs with fsync off, which is exactly what readiness must show."""
    status, report = await readiness(browser())

    assert (status, report["status"]) == (200, "degraded")
    assert (report["database"], report["migrations"], report["process"]) == ("ok", "ok", "ok")
    assert "fsync" in report["durability"]


async def test_a_database_that_was_never_migrated_cannot_be_served(browser: Browsers, database: Engine) -> None:
    rename = "ALTER TABLE alembic_version RENAME TO hidden", "ALTER TABLE hidden RENAME TO alembic_version"
    with changed(database, *rename):
        status, report = await readiness(browser())

    assert (status, report["status"]) == (503, "cannot")
    assert report["migrations"].startswith("at none, this code needs")


async def test_a_process_before_its_migration_cannot_serve(browser: Browsers, database: Engine) -> None:
    with changed(database, at("0001"), at(migrate.head())):
        status, report = await readiness(browser())

    assert (status, report["status"]) == (503, "cannot")
    assert report["migrations"] == f"at 0001, this code needs {migrate.head()}"


async def test_an_old_process_after_a_migration_is_degraded(browser: Browsers, database: Engine) -> None:
    with changed(database, at("9999"), at(migrate.head())):
        status, report = await readiness(browser())

    assert (status, report["status"], report["database"]) == (200, "degraded", "ok")
    assert "a newer Parley has migrated the database" in report["migrations"]


async def test_a_bus_that_is_away_is_degraded(serve: Serve, open_browser: Open) -> None:
    server = await serve(redis_url="redis://127.0.0.1:1")

    status, report = await readiness(open_browser(server))

    assert (status, report["status"], report["database"]) == (200, "degraded", "ok")
    assert "messages of other processes come late" in report["bus"]
