"""Readiness shows whether this process can keep its word, and why not."""

import json

from sqlalchemy import Engine, text

from tests.support.browsing import Browsers


async def test_a_process_that_can_keep_its_word_is_ready_but_for_durability(browser: Browsers) -> None:
    """The scratch server of these tests runs with fsync off, which is exactly what readiness must show."""
    answer = await browser().ask("GET", "/readyz")

    report = json.loads(answer.text)
    assert (answer.status, report["database"], report["migrations"]) == (503, "ok", "ok")
    assert "fsync" in report["durability"]


async def test_a_database_that_was_never_migrated_is_not_ready(browser: Browsers, database: Engine) -> None:
    with database.begin() as conn:
        conn.execute(text("ALTER TABLE alembic_version RENAME TO hidden"))
    try:
        answer = await browser().ask("GET", "/readyz")
    finally:
        with database.begin() as conn:
            conn.execute(text("ALTER TABLE hidden RENAME TO alembic_version"))

    assert answer.status == 503
    assert json.loads(answer.text)["migrations"].startswith("at none, this code needs")
