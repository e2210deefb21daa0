"""What is installed: the manifest, its icons, and where other apps share to."""

import io
import json

import pytest
from PIL import Image
from sqlalchemy import Engine, update

from app.db.schema import instance
from tests.shell import icons
from tests.support.browsing import Browser, Browsers

WHITE = (255, 255, 255)


async def manifest_of(browser: Browser) -> dict[str, object]:
    answer = await browser.ask("GET", "/manifest.webmanifest")
    assert answer.headers["Content-Type"] == "application/manifest+json"
    found: dict[str, object] = json.loads(answer.text)
    return found


async def test_every_page_names_the_manifest_which_has_the_name_of_the_chat(
    browser: Browsers, database: Engine
) -> None:
    with database.begin() as conn:
        conn.execute(update(instance).values(name="Rose & Crown"))
    stranger = browser()

    assert '<link rel="manifest" href="/manifest.webmanifest">' in (await stranger.ask("GET", "/login")).text
    manifest = await manifest_of(stranger)

    assert manifest["name"] == manifest["short_name"] == "Rose & Crown"
    assert manifest["start_url"] == manifest["scope"] == "/"
    assert manifest["display"] == "standalone"


async def test_each_shortcut_of_the_manifest_leads_to_a_page(alice: Browser) -> None:
    shortcuts = (await manifest_of(alice))["shortcuts"]

    assert isinstance(shortcuts, list)
    assert len(shortcuts) == 2
    for shortcut in shortcuts:
        assert (await alice.ask("GET", shortcut["url"])).status == 200


@pytest.mark.parametrize("purpose", ["any", "maskable", "monochrome"])
async def test_icons_have_the_size_and_the_ground_that_their_purpose_asks_for(browser: Browsers, purpose: str) -> None:
    stranger = browser()
    icons = (await manifest_of(stranger))["icons"]
    assert isinstance(icons, list)
    wanted = [icon for icon in icons if icon["purpose"] == purpose]

    assert [icon["sizes"] for icon in wanted] == ["192x192", "512x512"]
    for icon in wanted:
        picture = await picture_at(stranger, icon["src"])
        assert f"{picture.width}x{picture.height}" == icon["sizes"]
        corner = picture.crop((0, 0, 1, 1)).tobytes()
        assert corner == bytes((0, 120, 118, 255)) if purpose == "maskable" else corner[3] == 0
        seen = {colour[:3] for _, colour in all_of(picture) if colour[3] > 0}
        assert seen == {WHITE} if purpose == "monochrome" else WHITE in seen


async def test_the_icon_that_apples_devices_look_for_has_no_holes(browser: Browsers) -> None:
    picture = await picture_at(browser(), "/apple-touch-icon.png")

    assert picture.size == (180, 180)
    assert {colour[3] for _, colour in all_of(picture)} == {255}


def test_the_icons_are_those_that_are_drawn_from_the_mark() -> None:
    drawn = dict(icons.icons())

    assert {path.name for path in icons.FOLDER.iterdir()} == {*drawn}
    for name, icon in drawn.items():
        with Image.open(icons.FOLDER / name) as kept:
            assert kept.tobytes() == icon.tobytes(), name


async def picture_at(browser: Browser, path: str) -> Image.Image:
    async with browser.get(path) as answer:
        assert (answer.status, answer.content_type) == (200, "image/png")
        return Image.open(io.BytesIO(await answer.read())).convert("RGBA")


def all_of(picture: Image.Image) -> list[tuple[int, tuple[int, int, int, int]]]:
    """How often each colour is in a picture."""
    return picture.getcolors(picture.width * picture.height) or []  # type: ignore[return-value]
