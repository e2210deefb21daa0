"""Previews of links: made after the message stands, for its readers, and gone with the link."""

import io
import uuid
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from PIL import Image
from sqlalchemy import Engine, text

from app.outward import addresses
from app.previews import making
from tests.chat.conftest import Join, Member, join
from tests.conftest import Serve
from tests.previews.conftest import Site, answers, is_public_here
from tests.rooms.conftest import by

__all__ = ["join"]

PAGE = "<title>A page</title><meta name=description content='What it says'><meta property=og:image content=/p.png>"


@pytest.fixture
async def server(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> TestServer:
    monkeypatch.setattr(addresses, "is_allowed", is_public_here)
    monkeypatch.setattr(making, "LOOK_S", 3_600.0)  # what rings is enough
    return await serve(link_previews=True)


def picture(size: tuple[int, int] = (64, 32)) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, "teal").save(made, "PNG")
    return made.getvalue()


async def preview_of(reader: Member, seq: int) -> dict[str, Any]:
    """The message with a preview, as soon as one is published."""
    while not (message := await reader.socket.until("message", seq=seq)).get("preview"):
        pass
    return message


async def amend(person: Member, kind: str, seq: int, **more: Any) -> None:
    await person.socket.say(type=kind, id=str(uuid.uuid4()), room=1, seq=seq, **more)


async def test_a_preview_comes_as_a_new_rev_to_all_members_and_stands_in_history(join: Join, site: Site) -> None:
    alice, bob = await join("alice"), await join("bobby")
    address = await site({"/": answers(PAGE), "/p.png": answers(body=picture(), text=None, content_type="image/png")})

    first = await alice.socket.posted(f"look: {address}/?a=1&b=2")
    message = await preview_of(bob, first["seq"])

    assert message["rev"] > first["rev"]
    assert message["preview"] == {
        "url": f"{address}/?a=1&b=2",
        "title": "A page",
        "description": "What it says",
        "site": "127.0.0.2",
        "picture": {"width": 64, "height": 32},
    }
    assert (await bob.history())["messages"][-1]["preview"] == message["preview"]


async def test_members_get_the_picture_as_our_own_and_outsiders_do_not(
    join: Join, site: Site, database: Engine
) -> None:
    alice, bob = await join("alice"), await join("bobby")
    room = await by(alice).make("Plans", kind="closed")
    address = await site({"/": answers(PAGE), "/p.png": answers(body=picture(), text=None, content_type="image/png")})
    ack = await alice.socket.posted(address, room=room)
    await preview_of(alice, ack["seq"])
    path = f"/previews/{room}/{ack['seq']}"

    async with alice.browser.get(path) as answer:
        assert (answer.status, answer.content_type) == (200, "image/webp")
        assert Image.open(io.BytesIO(await answer.read())).size == (64, 32)
        assert answer.headers["Cache-Control"] == "private, no-cache"
        etag = answer.headers["ETag"]
    assert (await alice.browser.ask("GET", path, headers={"If-None-Match": etag})).status == 304
    assert (await bob.browser.ask("GET", path, headers={"If-None-Match": etag})).status == 404
    assert (await alice.browser.ask("GET", f"/previews/{room}/9")).status == 404


async def test_its_author_alone_takes_a_preview_away_and_it_stays_away(join: Join, site: Site) -> None:
    alice, bob = await join("alice"), await join("bobby")
    address = await site({"/": answers(PAGE), "/2": answers("<title>Another</title>")})
    ack = await alice.socket.posted(address)
    await preview_of(bob, ack["seq"])

    await amend(bob, "hide_preview", ack["seq"])
    error = await bob.socket.until("error")
    assert error["code"] == "forbidden", error
    await amend(alice, "hide_preview", ack["seq"])
    assert "preview" not in await bob.socket.until("message", seq=ack["seq"])
    await amend(alice, "edit", ack["seq"], text=f"{address} again")
    assert "preview" not in await bob.socket.until("message", text=f"{address} again")

    other = await alice.socket.posted(f"{address}/2")  # what comes later was made later
    assert "preview" not in (await bob.history())["messages"][ack["seq"] - 1]
    assert (await preview_of(bob, other["seq"]))["preview"]["title"] == "Another"
    assert "preview" not in (await bob.history())["messages"][ack["seq"] - 1]


async def test_a_preview_follows_the_link_that_an_edit_leaves(join: Join, site: Site) -> None:
    alice = await join("alice")
    address = await site({"/": answers(PAGE), "/2": answers("<title>Another</title>")})
    ack = await alice.socket.posted(f"[this]({address}/) and {address}/2")
    assert (await preview_of(alice, ack["seq"]))["preview"]["title"] == "A page"

    await amend(alice, "edit", ack["seq"], text=f"this `{address}/` and {address}/2")
    while (message := await preview_of(alice, ack["seq"]))["preview"]["title"] != "Another":
        pass
    await amend(alice, "edit", ack["seq"], text="nothing")
    while "preview" in (message := await alice.socket.until("message", seq=ack["seq"])):
        pass
    assert message["text"] == "nothing"


async def test_a_message_that_is_deleted_loses_its_preview(join: Join, site: Site, database: Engine) -> None:
    alice = await join("alice")
    address = await site({"/": answers(PAGE)})
    ack = await alice.socket.posted(address)
    await preview_of(alice, ack["seq"])

    await amend(alice, "delete", ack["seq"])
    assert "preview" not in await alice.socket.until("message", seq=ack["seq"], deleted=True)
    with database.connect() as conn:
        assert conn.execute(text("SELECT count(*) FROM previews")).scalar_one() == 0


@pytest.mark.parametrize(
    "handler",
    [
        answers("<p>no title</p>"),
        answers("plain", content_type="text/plain"),
        answers(PAGE, status=404),
        answers(body=b"\x89PNG none", text=None, content_type="image/png"),
    ],
)
async def test_what_says_nothing_changes_nothing(handler: Any, join: Join, site: Site) -> None:
    alice = await join("alice")
    address = await site({"/": handler, "/good": answers(PAGE)})
    ack = await alice.socket.posted(address)
    good = await alice.socket.posted(f"{address}/good")
    await preview_of(alice, good["seq"])

    message = (await alice.history())["messages"][ack["seq"] - 1]
    assert (message["rev"], "preview" in message) == (ack["rev"], False)


async def test_a_picture_that_is_linked_is_its_own_preview(join: Join, site: Site) -> None:
    alice = await join("alice")
    address = await site({"/cat.png": answers(body=picture(), text=None, content_type="image/png")})
    ack = await alice.socket.posted(f"{address}/cat.png")

    preview = (await preview_of(alice, ack["seq"]))["preview"]
    assert (preview["title"], preview["picture"]) == ("cat.png", {"width": 64, "height": 32})
