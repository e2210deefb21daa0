"""The page of the last day in a browser: drawn without a script, on every width, in light and dark."""

import math
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.async_api import expect
from sqlalchemy import Engine

from app.db.schema import samples
from tests.browser.conftest import Visit

PAGE = "/settings/last-day"
STROKES = "paths => paths.map(path => getComputedStyle(path).stroke)"
WIDER = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


def a_day(database: Engine) -> None:
    """Samples of two processes, one of which ran for half of the day; the other did not run for an hour."""
    rows: list[dict[str, Any]] = []
    for minute in range(1, 1_430):
        busy = 1.1 + math.sin(minute / 230)
        counts = {"posts": round(40 * busy), "deliveries": round(900 * busy)}
        counts |= {"commit_seconds 0.005": 20, "commit_seconds 0.02": 4, "commit_seconds 0.1": int(minute % 90 == 0)}
        if 300 < minute < 330:
            counts |= {"refusals unavailable The disk of the server is full.": 7, "faults chat batch refused": 9}
        sample = {"sockets": round(55 * busy), "loop_lag_s": 0.004 * busy, "counts": counts}
        taken_at = sa.func.clock_timestamp() - timedelta(minutes=minute)
        rows += [sample | {"process": "a", "taken_at": taken_at}] if not 800 < minute < 860 else []
        rows += [sample | {"process": "b", "taken_at": taken_at}] if minute < 700 else []
    with database.begin() as conn:
        conn.execute(sa.insert(samples).values(rows))


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_last_day_is_drawn_without_a_script_and_fits_a_narrow_window(
    visit: Visit, database: Engine, scheme: str
) -> None:
    alice = await visit("alice", "Alice Moreau")
    a_day(database)
    options = {"color_scheme": scheme, "viewport": {"width": 320, "height": 640}, "java_script_enabled": False}
    plain = await visit(is_new=True, **options)
    await plain.page.context.add_cookies(await alice.page.context.cookies())  # type: ignore[arg-type]

    await plain.page.goto(f"{plain.address}{PAGE}")

    drawings = plain.page.get_by_role("img")
    await expect(drawings).to_have_count(5)
    await expect(plain.page.get_by_role("img", name="Posts a minute at the most")).to_be_visible()
    await expect(plain.page.get_by_text("522 × batch refused")).to_be_visible()
    await plain.page.get_by_text("The same as a table").click()
    await expect(plain.page.get_by_role("table").get_by_role("row")).to_have_count(25)
    await expect(plain.page.get_by_role("columnheader").first).to_be_visible()


async def test_the_page_is_no_wider_than_its_window_and_its_lines_are_coloured(visit: Visit, database: Engine) -> None:
    alice = await visit("alice", "Alice Moreau")
    a_day(database)
    strokes = set()
    for scheme in ("light", "dark"):
        await alice.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in (320, 1180):
            await alice.page.set_viewport_size({"width": width, "height": 700})
            await alice.page.goto(f"{alice.address}{PAGE}")
            await alice.page.get_by_text("The same as a table").click()
            assert not await alice.page.evaluate(WIDER)
            box = await alice.page.get_by_role("img").first.bounding_box()
            assert box is not None
            assert box["width"] > 0.75 * min(width, 600)
        strokes |= {*await alice.page.locator(".drawing__line").evaluate_all(STROKES)}

    await alice.page.emulate_media(color_scheme="no-preference")
    await alice.page.set_viewport_size({"width": 1180, "height": 760})
    assert len(strokes) == 4, "two colours in light, and others in dark"
