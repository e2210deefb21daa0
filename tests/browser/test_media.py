"""The same messages on other media: on paper, in the system's colours, on wide screens, in every script's direction."""

from functools import partial
from typing import Any

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import Engine, update

from app.db.schema import rooms
from tests.browser.conftest import Fill, Visit
from tests.browser.files.giving import choose, picture

WIDE: dict[str, Any] = {"viewport": {"width": 1920, "height": 1080}}
MARKS = "".join(chr(0x300 + number) for number in range(48))

VISIBLE = """() => [...document.querySelectorAll("body *")]
    .filter((each) => each.checkVisibility({visibilityProperty: true, opacityProperty: true}))
    .filter((each) => [...each.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()))"""

# Where signs of the last line of a text stand: its first letter, its full stop.
PLACES = """(text) => {
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    let node = walker.nextNode();
    for (let next = node; next; next = walker.nextNode()) if (next.data.includes(".")) node = next;
    const range = document.createRange();
    const left = (index) => {
        range.setStart(node, index);
        range.setEnd(node, index + 1);
        return range.getBoundingClientRect().left;
    };
    return [left(node.data.search(/[\\u0590-\\u06ff]/)), left(node.data.indexOf("."))];
}"""


async def test_on_paper_there_are_all_messages_in_black_and_nothing_else(visit: Visit, fill: Fill) -> None:
    bob = await visit("bob", "Bob B.")
    alice = await visit("alice", color_scheme="dark")
    page = alice.page
    fill("bob", 60)
    await alice.reload()
    await bob.reload()
    await bob.send("[docs](https://example.org/docs) are at https://example.org\n```\n" + "x" * 400 + "\n```")
    await expect(alice.texts.last).to_contain_text("docs are at")
    await page.locator("#log .message").last.hover()
    await page.locator("#log [data-command=reply]").click()
    await alice.send("thanks")
    await expect(bob.texts.last).to_have_text("thanks")  # what comes while one points moves the toolbar away
    await bob.page.locator("#log .message").last.hover()
    await bob.page.locator("#log [data-command=react]").click()
    await bob.page.locator("#picker .picker__emoji").first.click()
    await expect(page.locator(".reaction")).to_be_visible()
    await page.evaluate("() => (document.documentElement.dataset.theme = 'dark')")

    await page.emulate_media(media="print")

    shown = await page.evaluate(f"({VISIBLE})().filter((each) => !each.closest('#log')).map((each) => each.outerHTML)")
    assert shown == []
    colors = await page.evaluate(f"[...new Set(({VISIBLE})().map((each) => getComputedStyle(each).color))]")
    assert colors == ["rgb(0, 0, 0)"]
    assert await page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    for part in (".message__author", "time", ".message__text", ".quote__text", ".reaction"):
        await expect(page.locator(f"#log {part}").last).to_be_visible()
    assert await page.locator(".message__text a").evaluate_all(
        "links => links.map((link) => getComputedStyle(link, '::after').content)"
    ) == ['" (https://example.org/docs)"', "none"]
    cut = await page.evaluate(
        """() => [...document.querySelectorAll("html, body, #timeline, #log, #log *:not(.unseen)")]
            .filter((each) => getComputedStyle(each).overflow !== "visible" && each.matches("#timeline, pre, body")
                || each.scrollWidth > innerWidth).map((each) => each.outerHTML.slice(0, 80))"""
    )
    assert cut == []
    assert await page.locator("#log").evaluate("log => log.getBoundingClientRect().height") > 1_500
    assert await page.evaluate("() => document.documentElement.scrollHeight") > 1_500  # and so several sheets
    assert (await page.pdf(format="A4")).count(b"/Type /Page\n") > 1


async def test_on_paper_names_of_files_are_whole_no_picture_is_open_and_what_is_not_sent_says_so(visit: Visit) -> None:
    alice = await visit("alice", is_new=True, viewport={"width": 390, "height": 700})
    page = alice.page
    await choose(page, picture(), (f"{'minutes ' * 9}.txt", "text/plain", b"hello"))
    await alice.send("two files")
    await alice.has_all_sent()
    await page.locator("#log .picture").click()
    await expect(page.locator(".lightbox")).to_be_visible()

    await page.emulate_media(media="print")

    shown = await page.evaluate(f"({VISIBLE})().filter((each) => !each.closest('#log')).map((each) => each.outerHTML)")
    assert shown == []
    stem = page.locator("#log .file__stem")
    assert await stem.evaluate("stem => stem.scrollWidth <= stem.clientWidth && stem.clientHeight > 30")
    await page.emulate_media(media="screen")
    await page.keyboard.press("Escape")
    await page.context.set_offline(True)
    await alice.send("too late")
    reason, action = (page.locator(f"#log .message__{part}").last for part in ("reason", "action"))
    await expect(action).to_be_visible()
    await page.emulate_media(media="print")
    await expect(reason).to_have_text("Waiting for the network")
    await expect(reason).to_be_visible()
    await expect(action).to_be_hidden()


async def test_on_paper_the_pages_beside_the_rooms_are_black_on_white_without_their_ways_on(visit: Visit) -> None:
    alice = await visit("alice", color_scheme="dark")
    page = alice.page
    await page.emulate_media(media="print")
    for path in ("/people/alice", "/settings"):
        await page.goto(f"{alice.address}{path}")
        colors = await page.evaluate(
            "() => [document.body, document.querySelector('h1')].map((each) => getComputedStyle(each))"
            ".map(({backgroundColor, color}) => [backgroundColor, color])"
        )
        assert colors[0][0] == "rgb(255, 255, 255)"
        assert colors[1][1] == "rgb(0, 0, 0)"
        await expect(page.locator(".sheet__nav")).to_be_hidden()


async def style_of(page: Page, selector: str, name: str, pseudo: str = "") -> str:
    """A property of the first element, as the browser has computed it."""
    script = "(each, [name, pseudo]) => getComputedStyle(each, pseudo)[name]"
    return str(await page.locator(selector).first.evaluate(script, [name, pseudo]))


async def test_in_the_colours_of_the_system_all_that_means_something_is_seen(
    visit: Visit, fill: Fill, database: Engine
) -> None:
    bob = await visit("bob", "Bob B.")
    alice = await visit("alice", forced_colors="active")
    page = alice.page
    await alice.leave()
    fill("bob", 3, read=False)
    with database.begin() as conn:
        conn.execute(update(rooms).values(kind="closed"))
    await alice.come_back()
    await bob.send("@alice, hello")

    style = partial(style_of, page)
    canvas = await style("body", "backgroundColor")
    await expect(page.locator(".message[data-calls]")).to_be_visible()
    assert await style(".message[data-calls]", "borderInlineStartWidth") == "4px"
    assert await style(".message[data-calls]", "borderInlineStartColor") != canvas
    assert await style(".divider--new", "borderBlockStartWidth", "::before") == "3px"
    assert await style(".divider--new", "borderBlockStartColor", "::before") != canvas
    assert await style(".room__sign", "backgroundColor", "::before") not in (canvas, "rgba(0, 0, 0, 0)")
    selected = await style("[aria-current]", "backgroundColor")
    assert selected not in (canvas, "rgba(0, 0, 0, 0)")
    assert await style(".rooms__sign", "backgroundColor", "::before") not in (selected, "rgba(0, 0, 0, 0)")
    assert await style(".message .avatar", "backgroundColor") not in (canvas, "rgba(0, 0, 0, 0)")
    bare = await page.evaluate(
        "() => [...document.querySelectorAll('button')].filter((each) => each.checkVisibility())"
        ".filter((each) => getComputedStyle(each).borderBlockStartWidth === '0px').map((each) => each.outerHTML)"
    )
    assert bare == []
    await alice.writing.focus()
    assert await style(".composer", "outlineStyle") == "solid"
    await page.keyboard.press("Shift+Tab")
    assert await page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle") == "solid"


async def test_in_the_colours_of_the_system_the_pages_of_people_show_who_is_here_and_all_hues(visit: Visit) -> None:
    alice = await visit("alice", forced_colors="active")
    page, style = alice.page, partial(style_of, alice.page)
    canvas = await style("body", "backgroundColor")

    await page.goto(f"{alice.address}/people")
    assert await style(".face[data-here]", "backgroundColor", "::after") not in (canvas, "rgba(0, 0, 0, 0)")
    await page.goto(f"{alice.address}/settings")
    swatches = await page.locator(".hues .avatar").evaluate_all(
        "all => all.map((each) => getComputedStyle(each).backgroundColor)"
    )
    assert len(set(swatches)) == 12
    bare = await page.locator(".button").evaluate_all(
        "all => all.filter((each) => getComputedStyle(each).borderWidth === '0px')"
    )
    assert bare == []


@pytest.mark.parametrize(
    "text", ["hello\nשלום עולם.", "**hello**\nשלום עולם.", "- hello\n- שלום עולם.", "> hello\n> שלום עולם."]
)
async def test_each_line_runs_in_its_own_direction(visit: Visit, text: str) -> None:
    alice = await visit("alice")

    await alice.send(text)
    await alice.has_all_sent()

    first_letter, full_stop = await alice.texts.last.evaluate(PLACES)
    assert full_stop < first_letter


async def test_lines_are_no_longer_than_one_reads_and_stand_beside_their_author(visit: Visit) -> None:
    alice = await visit("alice", **WIDE)
    for text in ("lorem ipsum dolor sit amet " * 20, "שלום", "**שלום** לכולם " * 60):
        await alice.send(text)
    await expect(alice.texts).to_have_count(3)
    await alice.has_all_sent()

    lines = await alice.texts.first.evaluate(
        "text => text.getBoundingClientRect().height / parseFloat(getComputedStyle(text).lineHeight)"
    )
    assert 60 < 27 * 20 / lines < 90
    avatar = await alice.page.locator(".message .avatar").first.bounding_box()
    assert avatar is not None
    for place, most in ((1, 120), (2, 760)):
        box = await alice.texts.nth(place).bounding_box()
        assert box is not None
        assert box["x"] + box["width"] - avatar["x"] < most


async def test_letters_with_dozens_of_marks_leave_the_lines_around_alone(visit: Visit) -> None:
    alice = await visit("alice")
    for text in ("the line before", "the line between", "the line behind"):
        await alice.send(text)
    await alice.sees("the line before", "the line between", "the line behind")
    await alice.has_all_sent()
    await alice.page.locator("#drawer-close").evaluate("() => document.activeElement.blur()")

    async def around() -> list[bytes]:
        """The lines before and behind, less the edges that they have in common with the one between."""
        boxes = [await alice.texts.nth(place).bounding_box() for place in (0, 2)]
        areas = [{"x": 300, "y": box["y"] + 2, "width": 600, "height": box["height"] - 4} for box in boxes if box]
        return [await alice.page.screenshot(clip=area) for area in areas]  # type: ignore[arg-type]

    before = await around()

    await alice.texts.nth(1).evaluate(
        "(text, marks) => (text.textContent = 'the line bet' + ('W' + marks).repeat(9))", MARKS
    )

    assert await around() == before


async def test_runs_of_spaces_stand_and_widen_nothing(visit: Visit) -> None:
    alice = await visit("alice", viewport={"width": 400, "height": 700})
    for text in ("a" + " " * 500 + "b", "**a**" + " " * 500 + "b"):
        await alice.send(text)
    await expect(alice.texts).to_have_count(2)
    await alice.has_all_sent()

    assert await alice.page.evaluate(
        "() => ['html', '#timeline', '#log'].every((each) => ((each = document.querySelector(each)),"
        " each.scrollWidth === each.clientWidth))"
    )
    assert await alice.texts.first.evaluate("text => text.clientHeight") > 60
