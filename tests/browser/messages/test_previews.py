"""Cards of what stands behind links: they come after their messages, and never move what is being read."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import expect
from sqlalchemy import Engine

from app.outward import addresses
from tests.browser.conftest import Fill, Visit
from tests.browser.files.conftest import picture
from tests.conftest import make_config
from tests.previews.conftest import PUBLIC, is_public_here
from tests.support.apps import make_app

PAGE = f"<title>{'A long title ' * 20}</title><meta name=description content='{'What it says ' * 40}'>"
WITH_PICTURE = f"{PAGE}<meta property=og:image content=/p.png>"
UP_AND_READ = """() => {
    document.getElementById("timeline").scrollTop = -1200;
    const read = document.elementFromPoint(700, 350).closest(".message");
    return [read.dataset.seq, read.getBoundingClientRect().top];
}"""
TOP = "(seq) => document.querySelector(`.message[data-seq='${seq}']`).getBoundingClientRect().top"


class Site:
    """A page of somebody's, which answers once it may."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.may_answer = asyncio.Event()

    async def page(self, _: web.Request) -> web.Response:
        await self.may_answer.wait()
        return web.Response(text=WITH_PICTURE, content_type="text/html")

    async def picture(self, _: web.Request) -> web.Response:
        return web.Response(body=picture(640, 480)["content"], content_type="image/png")


@pytest_asyncio.fixture(loop_scope="session")
async def site() -> AsyncIterator[Site]:
    site, app = Site(""), web.Application()
    app.add_routes([web.get("/", site.page), web.get("/p.png", site.picture)])
    async with TestServer(app, host=PUBLIC) as server:
        site.address = f"http://{PUBLIC}:{server.port}/"
        yield site


@pytest_asyncio.fixture(loop_scope="session")
async def server(database: Engine, unhurried: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TestServer]:
    monkeypatch.setattr(addresses, "is_allowed", is_public_here)
    async with TestServer(make_app(make_config(database, link_previews=True))) as server:
        yield server


async def test_a_card_comes_where_it_moves_nothing_that_is_read_and_its_author_takes_it_away(
    visit: Visit, fill: Fill, site: Site
) -> None:
    alice, bob = await visit("alice"), await visit("bobby")
    fill("alice", 60)
    for person in (alice, bob):
        await person.reload()
    cards = {person: person.page.locator(".preview") for person in (alice, bob)}
    for text in (f"see {site.address}", *"abcdefgh"):
        await alice.send(text)
    await alice.has_all_sent()
    await expect(bob.texts.last).to_have_text("h")  # what comes later would scroll on
    await bob.page.evaluate("() => (document.getElementById('timeline').scrollTop = -160)")
    await expect(bob.page.locator('.message[data-seq="61"]')).to_be_in_viewport()
    before = await bob.page.evaluate(TOP, 61), await bob.page.evaluate(TOP, 66)

    site.may_answer.set()
    await expect(cards[alice]).to_contain_text("A long title")
    box = await cards[alice].bounding_box()
    assert box is not None
    assert 60 < box["height"] <= 96
    await alice.page.wait_for_function("() => document.querySelector('.preview__picture')?.naturalWidth > 0")
    await alice.send("and on")
    await expect(bob.texts.last).to_have_text("and on")
    assert (await bob.page.evaluate(TOP, 61), await bob.page.evaluate(TOP, 66)) == pytest.approx(before, abs=0.5)
    await expect(cards[bob]).to_have_count(0)

    read, top = await bob.page.evaluate(UP_AND_READ)
    await expect(cards[bob]).to_have_count(1)
    assert await bob.page.evaluate(TOP, read) == pytest.approx(top, abs=0.5)
    await alice.page.locator(".message", has=cards[alice]).hover()
    await expect(bob.page.get_by_role("button", name="Remove this preview")).to_have_count(0)
    await alice.page.get_by_role("button", name="Remove this preview").click()
    for person in (alice, bob):
        await expect(cards[person]).to_have_count(0)
    assert await bob.page.evaluate(TOP, read) == pytest.approx(top, abs=0.5)
    await bob.page.evaluate("() => (document.getElementById('timeline').scrollTop = 0)")
    await alice.reload()
    await expect(cards[alice]).to_have_count(0)
