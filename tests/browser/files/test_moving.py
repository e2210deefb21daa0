"""What is saved is read in a browser as a file; what is brought in is sent by a script, in pieces."""

import re
from pathlib import Path

from playwright.async_api import expect

from tests.bringing.conftest import COUNT, export
from tests.bringing.test_several import FILES
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
    await page.get_by_label("File or files").set_input_files(file)
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_label("Which chat wrote it")).to_have_value("jsonl")

    await page.get_by_role("button", name="Look").click()
    await expect(page.get_by_role("heading", name="What would come")).to_be_visible()
    await page.get_by_role("button", name="Bring it in").click()

    await expect(page.get_by_role("heading", name="What came")).to_be_visible()
    await expect(page.get_by_text(f"{COUNT} in the export")).to_be_visible()


async def test_several_files_that_are_one_export_are_sent_together(visit: Visit, tmp_path: Path) -> None:
    alice = await visit("alice", "Alice Moreau")
    page = alice.page
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    await page.goto(f"{alice.address}/settings/import")
    await page.route(re.compile("/settings/import/file"), lambda route: route.abort(), times=1)  # a cut

    await page.get_by_label("File or files").set_input_files([tmp_path / name for name in reversed(FILES)])
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("alert")).to_contain_text("The chat cannot be reached.")
    await expect(page.get_by_label("Which chat wrote it")).to_have_value("mongo")
    await expect(page.get_by_text("2 files,")).to_be_visible()
    await page.get_by_role("button", name="Look").click()
    await page.get_by_role("button", name="Bring it in").click()

    await expect(page.get_by_role("heading", name="What came")).to_be_visible()
    await page.get_by_role("button", name="Bring in another").click()
    await expect(page.get_by_role("heading", name="Send an export")).to_be_visible()


async def test_files_that_are_dropped_are_sent_and_what_is_refused_is_said(visit: Visit) -> None:
    alice = await visit("alice", "Alice Moreau")
    page = alice.page
    await page.goto(f"{alice.address}/settings/import")
    drop = """([names]) => {
        const dataTransfer = new DataTransfer();
        for (const name of names) dataTransfer.items.add(new File(["hello"], name));
        document.querySelector("[data-drop]").dispatchEvent(new DragEvent("drop", { dataTransfer, cancelable: true }));
    }"""

    await page.evaluate(drop, [["a.log", "A.log"]])
    await expect(page.get_by_role("alert")).to_contain_text("Two of these files are called “a.log”.")
    bar = page.get_by_role("progressbar", name="Sent")
    assert await bar.evaluate("bar => bar.value") == 0.5  # over all files
    await page.evaluate(drop, [["a.log", "b.log"]])

    await expect(page.get_by_text("2 files,")).to_be_visible()
    await expect(page.get_by_label("Which chat wrote it")).to_have_value("irc")
