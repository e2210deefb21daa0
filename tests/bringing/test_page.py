"""An admin brings an export in by the page, step by step, without a script."""

import json
import os
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text

from app.bringing.keys import JOB
from app.db.schema import messages, rooms
from tests.bringing.conftest import COUNT, PAGE, ended, pressed, sent, step_of
from tests.conftest import Serve
from tests.moderation.test_log import recorded
from tests.support.browsing import Browser, Open


def relative(path: Path) -> Path:
    """As `./data` is."""
    return Path(os.path.relpath(path))


def count_of(database: Engine) -> int:
    with database.connect() as conn:
        return int(conn.execute(select(func.count()).select_from(messages)).scalar_one())


async def test_an_admin_sends_a_file_looks_and_brings_it_in(alice: Browser, database: Engine, export: bytes) -> None:
    empty = await alice.ask("GET", PAGE)
    arrived = await sent(alice, export)
    here = await alice.ask("GET", PAGE)
    looked = await pressed(alice, "look")
    would = (await ended(alice), await alice.ask("GET", PAGE), count_of(database))
    begun = await pressed(alice, "start")
    came = (await ended(alice), await alice.ask("GET", PAGE), count_of(database))
    counts = await alice.ask("GET", f"{PAGE}/report.json")
    again = (await pressed(alice, "start"), await step_of(alice), count_of(database))
    await pressed(alice, "discard")

    assert "Send an export" in empty.text
    assert [each.location for each in (arrived, looked, begun)] == [PAGE] * 3
    assert '<option value="jsonl" selected>Parley' in here.text
    assert "What would come" in would[1].text
    assert (would[0], would[2], came[0], came[2]) == ("done", 0, "done", COUNT)
    assert "What came" in came[1].text
    assert json.loads(counts.text)["messages_written"] == COUNT
    assert counts.headers["Content-Disposition"] == 'attachment; filename="import.json"'
    assert (again[0].status, again[1], again[2]) == (409, "done", COUNT)  # the file is gone
    assert await step_of(alice) == "empty"
    log = [(actor, action) for actor, action, _, _ in recorded(database)]
    assert log == [("alice", "bringing"), (None, "imported")]


async def test_members_have_no_such_page(alice: Browser, bob: Browser, export: bytes, database: Engine) -> None:
    await sent(alice, export)

    assert (await bob.ask("GET", PAGE)).status == 403
    assert (await bob.ask("GET", "/api/import")).status == 403
    assert (await bob.ask("GET", f"{PAGE}/report.json")).status == 403
    assert (await sent(bob, b"{}")).status == 403
    assert [(await pressed(bob, act)).status for act in ("look", "start", "discard")] == [403] * 3
    assert await step_of(alice) == "here"
    assert recorded(database) == []


@pytest.mark.parametrize(
    ("content", "form", "sentence"),
    [
        (b"{}\n", "jsonl", "chat.jsonl, line 1, is not as Parley writes it"),
        (b"PK\x03\x04 no zip", "slack", "the zip is broken; download it again"),
    ],
)
async def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(
    content: bytes, form: str, sentence: str, serve: Serve, open_browser: Open, database: Engine, tmp_path: Path
) -> None:
    alice = open_browser(await serve(parley_data=relative(tmp_path)))
    await alice.sign_up("alice")
    await sent(alice, content)
    await pressed(alice, "start", form=form)

    assert await ended(alice) == "refused"
    page = await alice.ask("GET", PAGE)
    assert sentence in page.text
    assert "/export/" not in page.text  # the paths of the server are nobody's business
    assert count_of(database) == 0


async def test_what_is_no_format_and_what_is_no_file_are_refused(alice: Browser, export: bytes) -> None:
    early = await pressed(alice, "look")
    nothing = await sent(alice, b"", name="")
    await sent(alice, export)
    unknown = await pressed(alice, "look", form="pdf")

    assert (early.status, nothing.status, unknown.status) == (409, 422, 422)
    assert "Choose which chat wrote this file." in unknown.text
    assert await step_of(alice) == "here"


async def test_it_goes_on_after_the_server_was_stopped(
    serve: Serve, open_browser: Open, database: Engine, export: bytes, tmp_path: Path
) -> None:
    first = await serve(parley_data=tmp_path)
    alice = open_browser(first)
    await alice.sign_up("alice")
    await sent(alice, export)
    await pressed(alice, "start")
    await first.app[JOB].close()  # as at the end of the server
    (left := tmp_path / "import" / "unpacked" / "of the one that was killed").touch()
    stopped, page = await step_of(alice), await alice.ask("GET", PAGE)
    await pressed(alice, "start")

    assert (stopped, await ended(alice), count_of(database)) == ("interrupted", "done", COUNT)
    assert not left.exists()
    assert "It was interrupted" in page.text
    assert "Go on" in page.text


async def test_it_is_done_for_who_looks_while_the_files_are_deleted(
    serve: Serve, open_browser: Open, export: bytes, tmp_path: Path
) -> None:
    alice = open_browser(await serve(parley_data=tmp_path))
    await alice.sign_up("alice")
    await sent(alice, export)
    await pressed(alice, "start")
    assert await ended(alice) == "done"

    (tmp_path / "import" / "export").mkdir(exist_ok=True)  # its file is deleted, and the folder is not yet

    assert await step_of(alice) == "done"


async def test_one_runs_at_a_time_and_another_process_shows_the_same(
    serve: Serve, open_browser: Open, database: Engine, export: bytes, tmp_path: Path
) -> None:
    one, other = await serve(parley_data=tmp_path), await serve(parley_data=tmp_path)
    alice, there = open_browser(one), open_browser(other)
    await alice.sign_up("alice")
    await there.log_in("alice")
    await sent(alice, export)

    with database.begin() as conn:
        conn.execute(text("LOCK TABLE imported_people IN ACCESS EXCLUSIVE MODE"))  # so that it is not done before
        await pressed(alice, "start")
        shown, busy = await step_of(there), await pressed(there, "discard")

    assert (shown, busy.status) == ("running", 409)
    assert "An import runs." in busy.text
    assert await ended(there) == "done"
    with database.connect() as conn:
        assert "Harbour" in conn.execute(select(rooms.c.name)).scalars().all()


async def test_a_server_that_may_not_write_to_its_data_folder_serves_and_says_so(
    serve: Serve, open_browser: Open, export: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    alice = open_browser(await serve(parley_data=tmp_path / "file" / "data"))  # not even root makes that
    await alice.sign_up("alice")

    refused = await sent(alice, export)

    assert refused.status == 507
    assert "The server may not write to its data folder" in refused.text
    assert await step_of(alice) == "empty"
    assert [each.message for each in caplog.records if "PARLEY_DATA cannot be written" in each.message]
