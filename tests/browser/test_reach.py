"""Everything on the page is within reach of a keyboard and of a screen reader."""

from playwright.async_api import Page, expect
from sqlalchemy import Engine, insert, literal, select

from app.db.schema import memberships, users
from tests.browser.conftest import Visit
from tests.search.conftest import becomes

# As axe-core's rules scrollable-region-focusable and nested-interactive: what they find on the page that is shown.
FAULTS = """() => {
  const shown = [...document.querySelectorAll("body *")].filter((each) => each.checkVisibility());
  const isReached = (each) => each.tabIndex >= 0 && !each.inert;
  const scrolls = (each) => {
    const { overflowX, overflowY } = getComputedStyle(each);
    const wide = /auto|scroll/.test(overflowX) && each.scrollWidth > each.clientWidth;
    return wide || (/auto|scroll/.test(overflowY) && each.scrollHeight > each.clientHeight);
  };
  const isPopup = (each) => each.role === "listbox" && document.querySelector(`[aria-controls~="${each.id}"]`);
  const stuck = shown.filter((each) => scrolls(each) && !isPopup(each) &&
    !each.hasAttribute("tabindex") && ![each, ...each.querySelectorAll("a[href], button, input, textarea, [tabindex]")]
      .some((inner) => inner !== each && isReached(inner) && inner.checkVisibility()) && each.tagName !== "TEXTAREA");
  const closed = "button, [role=button], [role=option], [role=img], [role=tab], [role=checkbox], [role=separator]";
  const nested = shown.filter((each) => each.matches(closed) && each.querySelector("a, button, input, [tabindex]"));
  return [stuck, nested].map((found) => found.map((each) => each.outerHTML.slice(0, 80)));
}"""


async def is_within_reach(page: Page) -> None:
    """Wait until nothing is at fault: what scrolls is found once it is laid out."""
    await becomes(lambda: page.evaluate(FAULTS), [[], []])


def add_crowd(database: Engine) -> None:
    """Thirty people more in the Lobby, so that lists of people scroll."""
    with database.begin() as conn:
        crowd = [{"login": f"user{each}", "display_name": f"User {each}", "password_hash": ""} for each in range(30)]
        conn.execute(insert(users), crowd)
        new = select(literal(1), users.c.id).where(users.c.login.like("user%"))
        conn.execute(insert(memberships).from_select(["room_id", "user_id"], new))


async def test_what_scrolls_takes_the_focus_and_no_control_holds_another(visit: Visit, database: Engine) -> None:
    await visit("alice")
    bob = await visit("bobby")
    page = bob.page
    add_crowd(database)

    await bob.send("```\n" + "a long line of code, " * 20 + "\n```\n```\nshort\n```")
    await bob.has_all_sent()
    code = page.locator("#log pre")
    await expect(code.first).to_have_attribute("tabindex", "0")
    assert await code.last.get_attribute("tabindex") is None
    await is_within_reach(page)
    await bob.reload()
    await expect(code.first).to_have_attribute("tabindex", "0")
    await is_within_reach(page)
    await code.first.focus()
    await page.keyboard.press("ArrowRight")
    await page.wait_for_function("() => document.querySelector('#log pre')?.scrollLeft > 0")

    await page.locator("#log .message").first.focus()
    await is_within_reach(page)
    await bob.writing.fill("@use")
    await bob.writing.press("r")
    await expect(page.locator("#completion")).to_be_visible()
    await is_within_reach(page)
    await bob.writing.fill("")
    await page.keyboard.press("Control+k")
    await page.keyboard.type("user")
    await expect(page.locator(".search-box__option").nth(15)).to_be_attached()
    await is_within_reach(page)
    await page.keyboard.press("Escape")
    await page.click("#room-more")
    await page.click('[data-action="members"]')
    await expect(page.locator("#members .choices")).to_have_attribute("tabindex", "0")
    await is_within_reach(page)
    await page.keyboard.press("Escape")
    await page.click("#direct-new")
    await expect(page.locator("#people-picker .choice").nth(15)).to_be_attached()
    await is_within_reach(page)
