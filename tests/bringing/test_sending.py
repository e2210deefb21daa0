"""The script of the page sends a file in pieces, and goes on after a cut where the server has it."""

import resource
from pathlib import Path

from app.bringing.folder import Folder
from tests.bringing.conftest import announced, piece, sent, step_of
from tests.conftest import Serve
from tests.support.browsing import Browser, Open


async def test_a_file_that_was_cut_off_goes_on_where_the_server_has_it(alice: Browser) -> None:
    await announced(alice, 10)
    first = await piece(alice, 0, b"0123")
    twice = await piece(alice, 0, b"0123")
    again = await announced(alice, 10)
    arriving = await step_of(alice)
    last = await piece(alice, 4, b"456789")

    assert (first, again, last) == ((200, {"received": 4}), (200, {"received": 4}), (200, {"received": 10}))
    assert (twice[0], twice[1]["error"]["code"]) == (409, "offset_conflict")
    assert (arriving, await step_of(alice)) == ("arriving", "here")


async def test_a_member_announces_and_sends_nothing(alice: Browser, bob: Browser) -> None:
    await announced(alice, 10)

    assert (await announced(bob, 4, name="b.zip"))[0] == 403
    assert (await piece(bob, 0, b"0123"))[0] == 403
    assert (await piece(alice, 0, b"0123"))[1] == {"received": 4}


async def test_one_sends_at_a_time(serve: Serve, open_browser: Open, tmp_path: Path) -> None:
    alice = open_browser(await serve(parley_data=tmp_path))
    await alice.sign_up("alice")
    await announced(alice, 4)

    with Folder(tmp_path / "import").files.open(0)[0]:  # as the same script in another tab
        status, answer = await piece(alice, 0, b"0123")

    assert (status, answer["error"]["code"]) == (409, "offset_conflict")
    assert await piece(alice, 0, b"0123") == (200, {"received": 4})


async def test_another_file_takes_the_place_of_the_first(alice: Browser) -> None:
    await announced(alice, 4)
    await piece(alice, 0, b"0123")

    assert await announced(alice, 4, name="b.zip") == (200, {"received": 0})
    assert await step_of(alice) == "arriving"


async def test_more_than_was_announced_is_refused(alice: Browser) -> None:
    await announced(alice, 4)

    assert (await piece(alice, 0, b"01234"))[0] == 413
    assert await announced(alice, 4) == (200, {"received": 0})


async def test_what_is_larger_than_the_setting_is_refused_before_it_comes(serve: Serve, open_browser: Open) -> None:
    alice = open_browser(await serve(import_mb=1))
    await alice.sign_up("alice")

    assert (await announced(alice, 1024**2 + 1))[0] == 413
    assert (await sent(alice, b"x" * (1024**2 + 1))).status == 413
    assert (await announced(alice, 1024**2))[0] == 200


async def test_what_no_disk_has_room_for_is_refused(serve: Serve, open_browser: Open) -> None:
    alice = open_browser(await serve(import_mb=2**29))
    await alice.sign_up("alice")

    status, answer = await announced(alice, 2**49)

    assert (status, answer["error"]["code"]) == (507, "disk_full")


async def test_what_the_disk_takes_no_more_of_is_refused_and_what_came_before_stays(
    serve: Serve, open_browser: Open, tmp_path: Path
) -> None:
    alice, most = open_browser(await serve(parley_data=tmp_path)), 64 * 1024**2
    await alice.sign_up("alice")
    await announced(alice, most + 15)
    file = tmp_path / "import" / "export" / "a.zip"
    with file.open("r+b") as begun:
        begun.truncate(most - 5)

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        status, answer = await piece(alice, most - 5, b"0123456789")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert (status, answer["error"]["code"]) == (507, "disk_full")
    assert file.stat().st_size == most - 5
    assert await announced(alice, most + 15) == (200, {"received": most - 5})
    assert await piece(alice, most - 5, b"01234567890123456789") == (200, {"received": most + 15})
    assert file.read_bytes()[-20:] == b"01234567890123456789"
