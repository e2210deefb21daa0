"""A picture in the whole window: looked through with keys, wheel and fingers."""

import re
from typing import Any

from playwright.async_api import expect

from tests.browser.conftest import Fill, Visit
from tests.browser.files.conftest import Carry, LookingAt, picture

PHONE: dict[str, Any] = {"viewport": {"width": 412, "height": 823}, "is_mobile": True, "has_touch": True}
BOX = "each => { const {left, top, width, height} = each.getBoundingClientRect(); return [left, top, width, height]; }"
LOADED = "(size) => document.querySelector('.lightbox__picture')?.currentSrc.endsWith(`?size=${size}`)"


async def test_pictures_of_the_room_are_looked_through_with_keys_and_the_focus_comes_back(
    visit: Visit, fill: Fill, carry: Carry
) -> None:
    alice = await visit("alice", "Alice Moreau")
    page, keys = alice.page, alice.page.keyboard
    fill("alice", 3)
    for seq, name, alt in ((1, "one.png", ""), (1, "two.png", "The sea at noon"), (3, "three.png", "")):
        carry(seq, **picture(1_200, 800, name, alt=alt))
    await alice.reload()
    box, shown = page.get_by_role("dialog"), page.locator(".lightbox__picture")

    await page.locator(".picture").nth(1).focus()
    await keys.press("Enter")
    await expect(box).to_have_accessible_name("Picture 2 of 3")
    await expect(box).to_contain_text(re.compile("Alice Moreau (Today|Yesterday)"))
    await expect(shown).to_have_attribute("alt", "The sea at noon")
    await page.wait_for_function(LOADED, arg="large")
    await keys.press("ArrowRight")
    await expect(box).to_have_accessible_name("Picture 3 of 3")
    await expect(box.get_by_role("status").last).to_have_text("Picture three.png, 3 of 3")
    await expect(page.get_by_role("button", name="Next picture")).to_be_hidden()
    await keys.press("ArrowRight")
    await keys.press("ArrowLeft")
    await page.get_by_role("button", name="Previous picture").click()
    await expect(box).to_have_accessible_name("Picture 1 of 3")
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="Download").click()
    assert (await downloading.value).suggested_filename == "one.png"
    await keys.press("Escape")

    await expect(box).to_be_hidden()
    await expect(page.locator(".picture").nth(1)).to_be_focused()


async def test_back_closes_it_and_another_way_out_leaves_no_step_behind(looking_at: LookingAt) -> None:
    page = (await looking_at(picture(600, 400))).page
    box, address = page.get_by_role("dialog"), page.url

    await page.locator(".picture").click()
    await expect(box).to_be_visible()
    await page.go_back()
    await expect(box).to_be_hidden()
    await page.locator(".picture").click()
    await expect(box).to_be_visible()
    await page.keyboard.press("Escape")

    await expect(box).to_be_hidden()
    await page.wait_for_function("() => !history.state.lightbox")
    assert page.url == address


async def test_the_wheel_zooms_where_it_points_and_a_click_beside_closes(looking_at: LookingAt) -> None:
    page = (await looking_at(picture(600, 400))).page
    shown = page.locator(".lightbox__picture")

    await page.locator(".picture").click()
    await page.wait_for_function(LOADED, arg="large")
    left, top, width, height = await shown.evaluate(BOX)
    assert (width, height) == (600, 400)
    x, y = left + 150, top + 100
    await page.mouse.move(x, y)
    await page.mouse.wheel(0, -600)
    await expect(page.locator(".lightbox__stage[data-large]")).to_be_visible()
    new_left, _, new_width, _ = await shown.evaluate(BOX)
    assert new_width > 1_200
    assert abs((x - new_left) / new_width - 0.25) < 0.01
    await page.mouse.down()
    await page.mouse.move(x + 50, y + 30)
    await page.mouse.up()
    dragged = await shown.evaluate(BOX)
    assert abs(dragged[0] - new_left - 50) < 1
    await page.keyboard.press("0")
    assert await shown.evaluate(BOX) == [left, top, width, height]
    await page.mouse.dblclick(x, y)
    await expect(page.locator(".lightbox__stage[data-large]")).to_be_visible()
    await page.mouse.dblclick(x, y)
    await page.mouse.click(20, 400)

    await expect(page.get_by_role("dialog")).to_be_hidden()


async def test_two_fingers_zoom_one_wipes_to_the_next_and_downwards_away(looking_at: LookingAt) -> None:
    page = (await looking_at(picture(1_200, 800), picture(1_200, 800), **PHONE)).page
    box, shown = page.get_by_role("dialog"), page.locator(".lightbox__picture")
    fingers = await page.context.new_cdp_session(page)

    async def touch(*steps: list[tuple[int, int]]) -> None:
        for number, points in enumerate((*steps, [])):
            kind = "touchEnd" if not points else "touchMove" if number else "touchStart"
            given = [{"x": x, "y": y, "id": place} for place, (x, y) in enumerate(points)]
            await fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": given})

    await page.locator(".picture").first.tap()
    await expect(box).to_have_accessible_name("Picture 1 of 2")
    _, _, width, _ = await shown.evaluate(BOX)
    assert width == 412
    await touch([(180, 400), (230, 400)], [(150, 400), (260, 400)], [(105, 400), (305, 400)])
    await page.wait_for_function(
        "() => document.querySelector('.lightbox__picture')?.getBoundingClientRect().width > 1500"
    )
    await touch([(205, 300), (255, 300)], [(215, 300), (245, 300)], [(228, 300), (232, 300)])
    await expect(page.locator(".lightbox__stage[data-large]")).to_have_count(0)
    await touch([(350, 400)], [(200, 405)], [(100, 410)])
    await expect(box).to_have_accessible_name("Picture 2 of 2")
    await touch([(200, 300)], [(205, 400)], [(210, 600)])

    await expect(box).to_be_hidden()
