"""What is saved is read in a browser as a file; what is brought in is sent by a script, in pieces."""

from pathlib import Path

from playwright.async_api import expect

from tests.bringing.conftest import COUNT, export
from tests.browser.conftest import Visit

__all__ = ["export"]


async def test_a_saved_room_shows_itself_without_the_server(visit: Visit, tmp_path: Path) -> None:
    alice = await visit("alice", "Alice Moreau")
    await alice.send("**Pears** are at https://example.org/pears")
    await alice.has_all_sent()
    page = alice.page
    await page.click("#room-more")
    await page.get_by_role("link", name="Save").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Save Lobby")
    async with page.expect_download() as coming:
        await page.get_by_role("button", name="Save as a page").click()
    file = tmp_path / "room.html"
    await (await coming.value).save_as(file)

    await page.goto(file.as_uri())

    await expect(page.get_by_role("heading", level=1)).to_have_text("#Lobby")
    await expect(page.locator("strong")).to_have_text("Pears")
    await expect(page.get_by_role("link", name="https://example.org/pears")).to_be_visible()
    width = await page.locator(".avatar").evaluate("avatar => avatar.getBoundingClientRect().width")
    assert width == 36  # 2.4rem: the sheet inside of the file holds, by its digest


async def test_an_admin_sends_an_export_and_sees_what_would_come_and_what_came(
    visit: Visit, tmp_path: Path, export: bytes
) -> None:
    alice = await visit("alice", "Alice Moreau")
    page, file = alice.page, tmp_path / "chat.jsonl"
    file.write_bytes(export)
    await page.goto(f"{alice.address}/settings/import")
    await page.get_by_label("File").set_input_files(file)
    await page.get_by_role("button", name="Send the file").click()
    await expect(page.get_by_label("Which chat wrote it")).to_have_value("jsonl")

    await page.get_by_role("button", name="Look").click()
    await expect(page.get_by_role("heading", name="What would come")).to_be_visible()
    await page.get_by_role("button", name="Bring it in").click()

    await expect(page.get_by_role("heading", name="What came")).to_be_visible()
    await expect(page.get_by_text(f"{COUNT} in the export")).to_be_visible()
