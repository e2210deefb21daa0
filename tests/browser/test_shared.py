"""A shared computer: after signing out nothing of a person is left in the browser."""

from playwright.async_api import Page, Route, expect

from tests.browser.conftest import Visit
from tests.support.browsing import PASSWORD

KEPT = """async () => [
  ...Object.keys(localStorage), ...Object.keys(sessionStorage),
  ...(await indexedDB.databases()).map(({ name }) => name),
]"""
MAKE_DATABASE = """() => new Promise((done) => {
  indexedDB.open("test").onsuccess = ({ target }) => { target.result.close(); done(); };
})"""
UNTIL_NOTHING = f"""async () => {{
  const kept = {KEPT};
  while ((await kept()).length) await new Promise((done) => setTimeout(done, 20));
}}"""
HEADER = "clear-site-data"


async def log_in(page: Page, *, shared: bool) -> None:
    await page.fill("#login", "alice")
    await page.fill("#password", PASSWORD)
    await page.get_by_label("This is a shared computer").set_checked(shared)
    await page.click("button.form__submit")


async def sign_out(page: Page, address: str) -> None:
    await page.goto(f"{address}/signout")
    await page.click("button.form__submit")
    await expect(page.get_by_role("heading", name="Log in")).to_be_visible()


async def test_signing_out_of_a_shared_computer_leaves_nothing_in_the_browser(visit: Visit) -> None:
    alice = await visit("alice")
    page = alice.page
    await sign_out(page, alice.address)

    for shared in (False, True):
        await log_in(page, shared=shared)
        await alice.is_up_to_date()
        await alice.writing.press_sequentially("a draft")
        await page.evaluate(MAKE_DATABASE)
        assert len(await page.evaluate(KEPT)) > 1
        await sign_out(page, alice.address)
        if not shared:
            assert await page.evaluate(KEPT) != []

    await page.evaluate(UNTIL_NOTHING)
    await log_in(page, shared=True)
    await alice.is_up_to_date()
    await expect(alice.writing).to_have_value("")


async def test_the_page_clears_the_browser_by_its_own_hand_where_there_is_no_such_header(visit: Visit) -> None:
    stranger = await visit()
    page = stranger.page
    await page.context.add_cookies([{"name": "parley-shared", "value": "1", "url": stranger.address}])

    async def without_header(route: Route) -> None:
        answer = await route.fetch()
        assert HEADER in answer.headers
        headers = {name: value for name, value in answer.headers.items() if name != HEADER}
        await route.fulfill(response=answer, headers=headers)

    await page.route("**/login", without_header)
    await page.goto(f"{stranger.address}/signin")
    await page.evaluate("() => { localStorage.a = sessionStorage.b = 'c'; }")
    await page.evaluate(MAKE_DATABASE)

    await page.goto(f"{stranger.address}/login")

    await page.evaluate(UNTIL_NOTHING)
