"""A picture for oneself: chosen, seen by all who are logged in, removed; bad ones are refused with a sentence."""

import asyncio
from io import BytesIO
from typing import Any

import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, func, select

from app.db.schema import blobs, users
from app.files.keeping.keys import STORE
from app.pictures.pictures import SIDE
from tests.conftest import Serve
from tests.pictures.conftest import corner_of, noise, pieces, read, saved
from tests.support.browsing import Answer, Browser, Browsers, Open
from tests.support.sockets import open_socket


async def choose(person: Browser, content: bytes, token: str | None = None, name: str = "picture") -> Answer:
    """Send the form of the settings with a picture."""
    form = FormData()
    form.add_field("csrf_token", token or (await person.ask("GET", "/settings")).hidden["csrf_token"])
    form.add_field(name, BytesIO(content), filename="me.jpg", content_type="image/jpeg")
    return await person.ask("POST", "/settings/avatar", data=form)


def avatar_of(database: Engine, login: str = "alice") -> int | None:
    with database.connect() as conn:
        return conn.execute(select(users.c.avatar_id).where(users.c.login == login)).scalar_one()


def count(database: Engine) -> int:
    with database.connect() as conn:
        return int(conn.execute(select(func.count()).select_from(blobs)).scalar_one())


async def fetch(person: Browser, number: int | None) -> tuple[int, bytes]:
    async with person.request("GET", f"/avatars/{number}", allow_redirects=False) as answer:
        return answer.status, await answer.read()


async def test_a_picture_is_seen_by_others_wherever_the_letters_were(
    alice: Browser, bob: Browser, database: Engine
) -> None:
    answer = await choose(alice, saved(noise(900, 600), "JPEG"))

    assert (answer.status, answer.location) == (303, "/settings?done=avatar")
    number = avatar_of(database)
    status, body = await fetch(bob, number)
    assert (status, read(body).size, read(body).format) == (200, (SIDE, SIDE), "WEBP")
    listening = await open_socket(bob)
    await listening.until("presence")
    speaking = await open_socket(alice)
    author = {"id": 1, "login": "alice", "name": "alice", "avatar": number, "admin": True}
    assert (await speaking.until("hello"))["user"] == author
    await speaking.posted("hi")
    assert (await listening.until("presence", people=[author]))["here"]
    assert (await listening.until("message"))["author"] == author
    image = f'<img class="avatar__picture" src="/avatars/{number}" alt=""'
    for page in ("/", "/people", "/people/alice"):
        assert image in (await bob.ask("GET", page)).text
    assert image in (await alice.ask("GET", "/settings")).text


async def test_it_is_seen_from_another_process(
    alice: Browser, serve: Serve, open_browser: Open, database: Engine
) -> None:
    await choose(alice, saved(noise(90, 60), "PNG"))
    bob = open_browser(await serve())
    await bob.sign_up("bobby")
    listening = await open_socket(bob)
    await listening.until("presence")

    await (await open_socket(alice)).until("hello")

    author = {"id": 1, "login": "alice", "name": "alice", "avatar": avatar_of(database), "admin": True}
    assert (await listening.until("presence", people=[author]))["here"]


async def test_who_is_not_logged_in_sees_none(alice: Browser, browser: Browsers, database: Engine) -> None:
    await choose(alice, saved(noise(90, 60), "PNG"))

    status, body = await fetch(browser(), avatar_of(database))

    assert status in (303, 401)
    assert b"WEBP" not in body


async def test_other_bytes_that_are_kept_are_no_avatar(alice: Browser, server: TestServer, database: Engine) -> None:
    blob = await server.app[STORE].keep(pieces(b"of a closed room"))

    assert (await fetch(alice, blob.id))[0] == 404
    assert (await fetch(alice, 2**62))[0] == 404


async def test_its_middle_is_shown_upright_and_without_metadata(alice: Browser, database: Engine) -> None:
    await choose(alice, corner_of(turn=6))

    status, body = await fetch(alice, avatar_of(database))

    picture = read(body).convert("RGB")
    assert status == 200
    assert b"home" not in body
    assert picture.getpixel((20, 20))[1] < 60  # red
    assert min(picture.getpixel((SIDE - 20, 20))) > 200  # white


async def test_another_picture_takes_the_place_of_the_first_whose_bytes_go(alice: Browser, database: Engine) -> None:
    await choose(alice, saved(noise(90, 60), "PNG"))
    first = avatar_of(database)

    await choose(alice, saved(noise(90, 60), "PNG"))

    assert avatar_of(database) != first
    assert (await fetch(alice, first))[0] == 404
    assert count(database) == 1


async def test_a_picture_that_two_people_chose_stays_when_one_removes_it(
    alice: Browser, bob: Browser, database: Engine
) -> None:
    content = saved(noise(90, 60), "PNG")
    await choose(alice, content)
    await choose(bob, content)
    number = avatar_of(database)

    answer = await alice.submit("/settings", to="/settings/avatar/remove")

    assert (answer.status, answer.location) == (303, "/settings?done=avatar")
    assert (avatar_of(database), avatar_of(database, "bobby")) == (None, number)
    assert (await fetch(alice, number))[0] == 200
    await bob.submit("/settings", to="/settings/avatar/remove")
    assert (await fetch(alice, number))[0] == 404
    assert count(database) == 0
    assert "avatar__picture" not in (await bob.ask("GET", "/people")).text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "Choose a picture first."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Choose a picture: a JPEG, PNG, GIF, WebP or AVIF."),
        (saved(noise(90, 60), "PNG")[:2000], "This picture is damaged or incomplete."),
        (b"\xff\xd8\xff" + bytes(3_000_000), "This picture is too large: 2 MB fit."),
    ],
)
async def test_a_bad_picture_is_refused_beside_its_field(
    serve: Serve, open_browser: Open, database: Engine, content: bytes, reason: str
) -> None:
    alice = open_browser(await serve(file_mb=2))
    await alice.sign_up("alice")

    answer = await choose(alice, content)

    assert (answer.status, answer.reason_at("picture")) == (422, reason)
    assert (avatar_of(database), count(database)) == (None, 0)


async def test_a_form_without_its_token_or_with_another_field_is_refused(alice: Browser, database: Engine) -> None:
    assert (await choose(alice, saved(noise(9, 6), "PNG"), token="wrong")).status == 403
    assert (await choose(alice, saved(noise(9, 6), "PNG"), name="file")).reason_at("picture")
    for body in (b"", b"--x\r\n\r\n", b"nonsense"):
        headers: dict[str, Any] = {"Content-Type": "multipart/form-data; boundary=x"}
        assert (await alice.ask("POST", "/settings/avatar", data=body, headers=headers)).status in (400, 403)

    assert avatar_of(database) is None


async def test_two_pictures_at_once_leave_one(alice: Browser, database: Engine) -> None:
    both = [choose(alice, saved(noise(90, 60), "PNG")) for _ in range(2)]

    assert [answer.status for answer in await asyncio.gather(*both)] == [303, 303]
    assert count(database) == 1
