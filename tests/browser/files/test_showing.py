"""Files in messages: pictures that move nothing, lines for all others, what plays and what folds open."""

import asyncio
import re
from typing import Any

import pytest
from playwright.async_api import Route, expect

from tests.browser.conftest import Fill, Visit
from tests.browser.files.conftest import Carry, LookingAt, picture, sound, text
from tests.pictures.test_stilled import moving

SHIFTS = """
window.shifts = [];
const inTimeline = ({node}) => (node?.closest ? node : node?.parentElement)?.closest("#timeline");
new PerformanceObserver((list) => window.shifts.push(
    ...list.getEntries().flatMap(({sources}) => sources.filter(inTimeline).map(({node}) => node.outerHTML))
)).observe({type: "layout-shift", buffered: true});
"""
TOPS = "() => [...document.querySelectorAll('#log .message')].map((each) => each.getBoundingClientRect().top)"
# But for white space, and for when a player begins to load.
TREE = """function tree(element) {
    const named = [...element.attributes].filter(({name}) => name !== "preload");
    const kept = named.map(({name, value}) => `${name}=${value}`);
    const text = [...element.childNodes].filter(({nodeType}) => nodeType === 3).map(({data}) => data.trim()).join("");
    return [element.tagName, kept.sort(), text, [...element.children].filter((each) =>
        !each.matches(".picture__placeholder")).map(tree)];
}"""
UP_TO_FIVE = """() => {
    const timeline = document.getElementById("timeline");
    timeline.scrollTop = -timeline.scrollHeight;
    return document.querySelector('[data-seq="5"] .files') !== null;
}"""
SIZES = "all => all.map((each) => [each.clientWidth, each.clientHeight])"


@pytest.mark.parametrize("width", [1180, 320])
async def test_pictures_have_their_space_before_they_come_so_that_nothing_moves(
    visit: Visit, fill: Fill, carry: Carry, width: int
) -> None:
    alice = await visit("alice", viewport={"width": width, "height": 2_400})
    page, may_come = alice.page, asyncio.Event()
    fill("alice", 6)
    for seq, count, size in (
        (1, 1, (853, 479)),
        (2, 1, (300, 2_000)),
        (3, 2, (640, 480)),
        (4, 3, (9, 9)),
        (5, 7, (80, 60)),
    ):
        for _ in range(count):
            carry(seq, **picture(*size))

    async def wait(route: Route) -> None:
        await may_come.wait()
        await route.continue_()

    await page.route("**/files/**", wait)
    await page.add_init_script(SHIFTS)
    await page.goto(alice.address, wait_until="domcontentloaded")
    await alice.is_up_to_date()
    blurred = page.locator(".picture__placeholder:visible")
    await expect(blurred).to_have_count(11)
    await expect(blurred.first).to_have_js_property("naturalWidth", 4)
    tops = await page.evaluate(TOPS)
    may_come.set()

    await expect(blurred).to_have_count(0)
    assert await page.evaluate(TOPS) == tops
    assert await page.evaluate("() => new Promise((done) => requestAnimationFrame(() => done(window.shifts)))") == []
    if width == 1180:
        assert await page.locator('[data-count="1"] > .picture').evaluate_all(SIZES) == [[420, 236], [48, 320]]
    assert await page.evaluate("() => document.documentElement.scrollWidth") == width


async def test_two_to_four_stand_in_a_grid_and_more_are_counted(visit: Visit, fill: Fill, carry: Carry) -> None:
    alice = await visit("alice", viewport={"width": 1180, "height": 2_000})
    page = alice.page
    fill("alice", 4)
    for seq, count in ((1, 2), (2, 3), (3, 4), (4, 7)):
        for number in range(count):
            carry(seq, **picture(640, 480, f"p{number}.png", alt="The sea" if number == 0 else ""))
    await alice.reload()

    def pictures(seq: int) -> Any:
        return page.locator(f'[data-seq="{seq}"] .picture:visible')

    assert await pictures(1).evaluate_all(SIZES) == [[208, 208]] * 2
    assert await pictures(2).evaluate_all(SIZES) == [[208, 320], [208, 158], [208, 158]]
    assert await pictures(3).evaluate_all(SIZES) == [[208, 158]] * 4
    assert await pictures(4).evaluate_all(SIZES) == [[208, 158]] * 4
    last = "getComputedStyle(each, '::after').content"
    assert await pictures(4).evaluate_all(f"all => all.map((each) => {last})") == ["none"] * 3 + ['"+3" / ""']
    names = await pictures(4).get_by_role("img").evaluate_all("all => all.map((each) => each.alt)")
    assert names == ["The sea", "Picture p1.png", "Picture p2.png", "Picture p3.png, and 3 more"]

    await page.emulate_media(media="print")
    await expect(pictures(4)).to_have_count(7)
    context = await page.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    await context.add_cookies(await page.context.cookies())  # type: ignore[arg-type]
    unscripted = await context.new_page()
    await unscripted.goto(alice.address)
    await expect(unscripted.locator('[data-seq="4"] .picture:visible')).to_have_count(7)
    await context.close()


async def test_all_other_files_are_lines_that_save_them_and_what_plays_does_so_here(
    visit: Visit, fill: Fill, carry: Carry
) -> None:
    alice = await visit("alice", viewport={"width": 320, "height": 1_600})
    page = alice.page
    long = "Jahresabschlussbericht der Donaudampfschifffahrtsgesellschaft " * 3
    fill("alice", 2)
    carry(1, b"%PDF", name=f"{long}.pdf", size=2_400_000, received=2_400_000)
    carry(1, b"GIF89a", name="דו״ח.gif", reason="This picture has too many pixels to show.")
    carry(2, sound(3), name="silence.wav", kind="audio", type="audio/wav")
    carry(2, b"\0" * 40, name="clip.mp4", kind="video", type="video/mp4", alt="A boat")
    await alice.reload()

    lines = page.locator(".file__line")
    assert [re.sub(r"\s+", " ", text).strip() for text in await lines.all_text_contents()][1:] == [
        "GIF דו״ח.gif 6 B",
        "WAV silence.wav 23 KB",
        "MP4 clip.mp4 40 B",
    ]
    await expect(lines.first.locator(".file__ending")).to_be_in_viewport(ratio=1)
    assert await page.evaluate("() => document.documentElement.scrollWidth") == 320
    await expect(page.locator(".file__reason:visible")).to_have_text(["This picture has too many pixels to show."])
    async with page.expect_download() as downloading:
        await lines.nth(1).click()
    assert (await downloading.value).suggested_filename == "דו״ח.gif"

    player = page.locator("audio")
    await page.wait_for_function("() => document.querySelector('audio')?.duration === 3")  # near, and so asked for
    await player.evaluate("each => ((each.currentTime = 2), each.play())")
    await page.wait_for_function("() => document.querySelector('audio')?.currentTime > 2.1")
    await expect(page.get_by_label("A boat")).to_have_attribute("controls", "")


async def test_a_text_folds_open_to_its_first_lines_under_the_same_button(looking_at: LookingAt) -> None:
    lines = "".join(f"<b>{number}</b>\n" for number in range(150))
    texts = text(lines.encode(), "notes.md"), text(b"", "empty.txt"), text(b"gone", "gone.txt")
    page = (await looking_at(*texts, messages=40)).page
    await page.route("**/gone.txt?lines=100", lambda route: route.abort())
    show, seen = page.locator(".file__fold"), page.locator(".file__text")

    top = (await show.first.bounding_box())["y"]  # type: ignore[index]
    await show.first.focus()
    await page.keyboard.press("Enter")
    await expect(seen.first).to_have_text("".join(lines.splitlines(keepends=True)[:100]))
    await expect(page.locator(".file__reason").first).to_contain_text("It goes on.")
    await expect(seen.first).to_have_attribute("tabindex", "0")  # it scrolls, so it can be focused
    assert abs((await show.first.bounding_box())["y"] - top) < 1  # type: ignore[index]
    await page.get_by_role("button", name="Show empty.txt").click()
    await expect(seen.nth(1)).to_have_text("This file is empty.")
    await page.get_by_role("button", name="Show gone.txt").click()
    await expect(page.locator(".file__reason").nth(2)).to_contain_text("cannot be reached")
    await page.get_by_role("button", name="Hide notes.md").click()
    await expect(seen.first).to_be_hidden()


async def test_what_a_script_shows_is_what_the_server_writes(visit: Visit, fill: Fill, carry: Carry) -> None:
    alice = await visit("alice")
    page = alice.page
    fill("alice", 150)
    for number in range(6):
        carry(5, **picture(320, 240, f"p{number}.png", alt="" if number else "The sea"))
    carry(5, b"%PDF", name="a b?.pdf", reason="It is none.")
    for kind, name, content in (("text", "<b>.md", b"x"), ("audio", "a.wav", sound(1)), ("video", "דו.mp4", b"\0")):
        carry(5, content, name=name, kind=kind, type="text/plain")
    shown = page.locator('[data-seq="5"] .files')

    await page.goto(f"{alice.address}/rooms/1/5")
    await alice.is_up_to_date()
    await expect(shown.locator("img:visible")).to_have_count(4)  # no placeholder any more
    written = await shown.evaluate(TREE)
    await page.goto(f"{alice.address}/rooms/1/150")
    await alice.is_up_to_date()
    await expect(shown).to_have_count(0)
    await page.wait_for_function(UP_TO_FIVE)
    await shown.scroll_into_view_if_needed()
    await expect(shown.locator("img:visible")).to_have_count(4)

    assert await shown.evaluate(TREE) == written


async def test_a_picture_that_the_network_lost_comes_when_there_is_one_again(looking_at: LookingAt) -> None:
    alice = await looking_at(picture(64, 48))
    page = alice.page

    await page.route("**/files/**", lambda route: route.abort())
    await alice.reload()
    await expect(page.locator(".picture[data-broken]")).to_have_count(1)
    await page.unroute("**/files/**")
    await page.context.set_offline(True)
    await expect(page.locator("#status")).not_to_have_text(" · up to date")
    await page.context.set_offline(False)

    await page.wait_for_function("() => document.querySelector('.picture__image')?.naturalWidth === 64")
    await expect(page.locator(".picture[data-broken]")).to_have_count(0)


@pytest.mark.parametrize(("motion", "size"), [("reduce", "still"), ("no-preference", "small")])
async def test_an_animation_stands_still_for_who_wants_less_motion(
    looking_at: LookingAt, motion: str, size: str
) -> None:
    columns = {"name": "sea.gif", "type": "image/gif"}
    alice = await looking_at(picture(64, 48) | columns | {"content": moving("GIF", (64, 48))}, reduced_motion=motion)
    image = alice.page.locator(".picture__image")

    await expect(image).to_have_js_property("naturalWidth", 64)

    assert (await image.evaluate("(image) => image.currentSrc")).endswith(f"/sea.gif?size={size}")
