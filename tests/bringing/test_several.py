"""Several files that are one export come one after the other, as the folder that the command line takes."""

from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine

from app.bringing.keys import JOB
from tests.bringing.conftest import PAGE, announced, ended, piece, pressed, step_of
from tests.bringing.test_page import count_of
from tests.conftest import Serve
from tests.support.browsing import Browser, Open

FILES = {
    "messages.json": b'{"user": "olena", "msg": "Hello", "time": {"$date": "2021-01-01T00:00:00Z"}}\n',
    "users.json": b'{"login": "olena", "email": "olena@example.org"}\n',
}
TOTAL = sum(map(len, FILES.values()))


async def send_all(browser: Browser, files: dict[str, bytes]) -> None:
    total = sum(map(len, files.values()))
    for number, (name, content) in enumerate(files.items(), 1):
        status, _ = await announced(browser, len(content), name, number=number, count=len(files), total=total)
        assert (status, await piece(browser, 0, content)) == (200, (200, {"received": len(content)}))


@pytest.fixture
async def server(serve: Serve, tmp_path: Path) -> TestServer:
    return await serve(parley_data=tmp_path)


@pytest.fixture
async def alice(server: TestServer, open_browser: Open) -> Browser:
    browser = open_browser(server)
    await browser.sign_up("alice")
    return browser


async def test_two_collections_come_in_by_the_page_and_are_gone_afterwards(
    alice: Browser, server: TestServer, database: Engine, tmp_path: Path
) -> None:
    await send_all(alice, FILES)
    here = await alice.ask("GET", PAGE)
    await pressed(alice, "look", form="mongo")
    looked = (await ended(alice), sorted(each.name for each in (tmp_path / "import" / "export").iterdir()))
    await pressed(alice, "start", form="mongo")

    assert await ended(alice) == "done"
    await server.app[JOB].close()  # waits for what it does behind the end of a run
    assert "<bdi>2 files</bdi>" in here.text
    assert '<option value="mongo" selected>' in here.text
    assert looked == ("done", ["messages.json", "users.json"])
    assert count_of(database) == 1
    assert not (tmp_path / "import" / "export").exists()
    assert "What came" in (await alice.ask("GET", PAGE)).text


async def test_files_that_were_cut_off_go_on_where_the_server_has_them(alice: Browser) -> None:
    which = {"count": 2, "total": 10}
    await announced(alice, 4, "a.log", number=1, **which)
    await piece(alice, 0, b"0123")
    await announced(alice, 6, "b.log", number=2, **which)
    await piece(alice, 0, b"45")
    arriving, page = await step_of(alice), await alice.ask("GET", PAGE)

    again = [
        await announced(alice, size, name, number=n, **which)
        for n, (name, size) in enumerate([("a.log", 4), ("b.log", 6)], 1)
    ]
    last = await piece(alice, 2, b"6789")

    assert "6 B of 10 B of <bdi>2 files</bdi> are here. Choose the same files again" in page.text
    assert again == [(200, {"received": 4}), (200, {"received": 2})]
    assert (arriving, last, await step_of(alice)) == ("arriving", (200, {"received": 6}), "here")


async def test_other_files_take_the_place_of_the_first(alice: Browser, tmp_path: Path) -> None:
    await announced(alice, 4, "a.log", number=1, count=3, total=9)
    await piece(alice, 0, b"0123")
    await announced(alice, 3, "b.log", number=2, count=3, total=9)

    changed = await announced(alice, 2, "c.log", number=2, count=3, total=9)
    behind = sorted(each.name for each in (tmp_path / "import" / "export").iterdir())
    fewer = await announced(alice, 4, "a.log", number=1, count=2, total=9)

    assert (changed, fewer) == ((200, {"received": 0}), (200, {"received": 0}))
    assert behind == ["a.log", "c.log"]
    assert [each.name for each in (tmp_path / "import" / "export").iterdir()] == ["a.log"]


async def test_an_empty_file_among_several_comes(alice: Browser) -> None:
    await announced(alice, 0, "empty.log", number=1, count=2, total=4)
    await announced(alice, 4, "z.log", number=2, count=2, total=4)
    await piece(alice, 0, b"0123")

    assert await step_of(alice) == "here"


async def test_what_does_not_belong_together_is_refused(alice: Browser) -> None:
    def code(answer: tuple[int, dict[str, dict[str, str]]]) -> tuple[int, str]:
        return answer[0], answer[1]["error"]["code"]

    alone = await announced(alice, 4, "b.log", number=2, count=2, total=8)
    await announced(alice, 4, "a.log", number=1, count=2, total=8)
    early = await announced(alice, 4, "b.log", number=2, count=2, total=8)
    await piece(alice, 0, b"0123")
    same = await announced(alice, 4, "x/A.log", number=2, count=2, total=8)
    more = await announced(alice, 5, "b.log", number=2, count=2, total=8)
    number = await announced(alice, 4, "b.log", number=3, count=2, total=8)

    assert [code(alone), code(early), code(same)] == [(409, "no_export"), (409, "no_export"), (409, "same_name")]
    assert same[1]["error"]["message"].startswith("Two of these files are called “A.log”.")
    assert [code(more)[0], code(number)[0]] == [413, 400]
    assert await announced(alice, 4, "b.log", number=2, count=2, total=8) == (200, {"received": 0})


async def test_files_that_are_together_larger_than_the_setting_are_refused(serve: Serve, open_browser: Open) -> None:
    alice = open_browser(await serve(import_mb=1))
    await alice.sign_up("alice")

    status, answer = await announced(alice, 4, "a.log", number=1, count=2, total=1024**2 + 1)

    assert (status, answer["error"]["message"].partition(":")[0]) == (413, "These files are together too large")


async def test_a_member_announces_no_file_of_several(alice: Browser, server: TestServer, open_browser: Open) -> None:
    bob = open_browser(server)
    await bob.sign_up("bob")

    assert (await announced(bob, 4, "a.log", number=1, count=2, total=8))[0] == 403


async def test_what_was_brought_in_when_the_server_ended_is_gone_when_it_starts(
    serve: Serve, open_browser: Open, tmp_path: Path
) -> None:
    alice = open_browser(await serve(parley_data=tmp_path))
    await alice.sign_up("alice")
    await send_all(alice, FILES)
    await pressed(alice, "start", form="mongo")
    await ended(alice)
    (left := tmp_path / "import" / "export").mkdir(exist_ok=True)
    (left / "users.json").touch()

    await serve(parley_data=tmp_path)

    assert not left.exists()
    assert await step_of(alice) == "done"
