"""Which square of a picture stands for oneself: chosen with the keyboard or the mouse, before it is sent."""

from collections.abc import Awaitable, Callable

import pytest
from PIL import Image
from playwright.async_api import Page, expect
from sqlalchemy import Engine, select

from app.db.schema import users
from tests.browser.conftest import Visit
from tests.pictures.conftest import read, saved

RED, WHITE = (220, 20, 20), (255, 255, 255)
Choose = Callable[[Page], Awaitable[None]]


def picture() -> bytes:
    """A wide one: red on the left, and in the very middle."""
    image = Image.new("RGB", (1_200, 400), WHITE)
    image.paste(RED, (0, 0, 400, 400))
    image.paste(RED, (550, 150, 650, 250))
    return saved(image, "PNG")


async def by_keys(page: Page) -> None:
    await page.get_by_label("Left to right").press("Home")


async def by_dragging(page: Page) -> None:
    stage = page.locator(".crop__stage")
    await stage.scroll_into_view_if_needed()
    box = await stage.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + 10, box["y"] + 100)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 700, box["y"] + 100, steps=5)
    await page.mouse.up()


async def by_zooming(page: Page) -> None:
    await page.get_by_label("Zoom").press("End")


@pytest.mark.parametrize("choose", [by_keys, by_dragging, by_zooming])
async def test_the_square_that_was_chosen_is_shown(visit: Visit, database: Engine, choose: Choose) -> None:
    alice = await visit("alice", "Alice Moreau")
    page = alice.page
    await page.goto(f"{alice.address}/settings")
    await expect(page.locator(".crop")).to_be_hidden()
    given = {"name": "me.png", "mimeType": "image/png", "buffer": picture()}
    await page.locator("#picture").set_input_files(given)
    await expect(page.locator(".crop__stage")).to_be_visible()

    await choose(page)
    await page.get_by_role("button", name="Use this picture").click()

    await expect(page.get_by_role("status")).to_have_text("Saved.")
    with database.connect() as conn:
        number = conn.execute(select(users.c.avatar_id)).scalar_one()
    avatar = read(await (await page.request.get(f"{alice.address}/avatars/{number}")).body()).convert("RGB")
    assert avatar.size == (256, 256)
    for place in ((20, 128), (128, 20), (236, 128), (128, 128)):
        red, green, blue = avatar.getpixel(place)  # type: ignore[misc]
        assert red > 180 > 80 > max(green, blue)


async def test_what_the_browser_cannot_show_is_sent_as_it_is(visit: Visit) -> None:
    alice = await visit("alice")
    page = alice.page
    await page.goto(f"{alice.address}/settings")

    await page.locator("#picture").set_input_files({"name": "me.png", "mimeType": "image/png", "buffer": b"no picture"})
    await page.get_by_role("button", name="Use this picture").click()

    await expect(page.locator("#picture-told")).to_have_text("Choose a picture: a JPEG, PNG, GIF, WebP or AVIF.")
