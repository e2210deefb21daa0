"""Members save a room as far as they read it; outsiders do not, and members not where that is switched off."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest
from aiohttp import ClientError, ClientSession, web
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, func, select

from app.auth.sessions import User
from app.base.errors import NotFound
from app.chat.messages.history import PAGE_DEFAULT
from app.db.schema import audit, sessions
from app.files.serving.service import Reader
from app.limits.keys import GATES
from app.saving.keys import SAVING
from app.saving.room_lines import lines_of
from app.saving.sending import send
from tests.chat.conftest import Join, Member
from tests.moderation.test_log import recorded
from tests.rooms.conftest import by
from tests.support.browsing import Answer
from tests.support.load import PATIENCE_S


async def saved(person: Member, room: int = 1, form: str = "jsonl") -> Answer:
    """The file, or what was answered in its place; the token is one of a page that everybody sees."""
    token = (await person.browser.ask("GET", "/settings")).hidden["csrf_token"]
    return await person.browser.ask("POST", f"/rooms/{room}/save", data={"csrf_token": token, "form": form})


async def set_for_members(person: Member, room: int, *, is_on: bool) -> int:
    token = (await person.browser.ask("GET", "/settings")).hidden["csrf_token"]
    fields = {"csrf_token": token} | ({"members": "on"} if is_on else {})
    return (await person.browser.ask("POST", f"/rooms/{room}/save/members", data=fields)).status


@pytest.mark.parametrize("form", ["html", "jsonl"])
async def test_members_save_a_room_and_outsiders_find_none(join: Join, form: str) -> None:
    alice, bobby = await join("alice"), await join("bobby")
    room = await by(alice).make("Orchard", kind="closed")
    await alice.socket.posted("Pears are ripe", room=room)

    theirs, others, nowhere = (
        await saved(alice, room, form),
        await saved(bobby, room, form),
        await saved(bobby, 99, form),
    )

    assert (theirs.status, others.status, nowhere.status) == (200, 404, 404)
    assert "Pears are ripe" in theirs.text
    assert theirs.headers["Content-Disposition"].startswith('attachment; filename="Orchard 20')
    assert "Pears" not in others.text
    assert (await alice.browser.ask("GET", f"/rooms/{room}/save")).status == 200
    assert (await bobby.browser.ask("GET", f"/rooms/{room}/save")).status == 404


async def test_a_stranger_is_asked_to_log_in(join: Join) -> None:
    alice = await join("alice")
    await alice.browser.sign_out()

    assert (await alice.browser.ask("GET", "/rooms/1/save")).location == "/login?next=/rooms/1/save"


async def test_the_room_says_whether_its_members_may_save_it(join: Join, database: Engine) -> None:
    admin, maker, other = await join("alice"), await join("maker"), await join("other")
    room = await by(maker).make("Orchard")
    for person in (admin, other):
        await by(person).join(room)

    refused = await set_for_members(other, room, is_on=False)
    switched = await set_for_members(maker, room, is_on=False)
    page = await other.browser.ask("GET", f"/rooms/{room}/save")
    found = [(await saved(person, room)).status for person in (admin, maker, other)]
    await set_for_members(admin, room, is_on=True)

    assert (refused, switched, found) == (403, 303, [200, 200, 403])
    assert "kept its members from saving it" in page.text
    assert "Save as" not in page.text
    assert (await saved(other, room)).status == 200
    assert [(actor, action, detail) for actor, action, _, detail in recorded(database)] == [
        ("maker", "room", "members may not save it"),
        ("alice", "saved", "jsonl"),
        ("maker", "saved", "jsonl"),
        ("alice", "room", "members may save it"),
        ("other", "saved", "jsonl"),
    ]


async def test_only_the_two_of_a_direct_conversation_save_it_and_nobody_switches_that_off(join: Join) -> None:
    admin, bobby, carol = await join("alice"), await join("bobby"), await join("carol")
    room = await by(bobby).direct("carol")
    await bobby.socket.posted("between us", room=room)

    found = [(await saved(person, room)).status for person in (bobby, carol, admin)]

    assert found == [200, 200, 404]
    assert await set_for_members(bobby, room, is_on=False) == 403
    theirs = await by(admin).direct("carol")
    assert "Who may save this room" not in (await admin.browser.ask("GET", f"/rooms/{theirs}/save")).text
    assert "Who may save this room" in (await admin.browser.ask("GET", "/rooms/1/save")).text
    assert await set_for_members(admin, room, is_on=False) == 404


async def test_whoever_is_removed_or_signs_out_meanwhile_gets_no_further_page(join: Join, database: Engine) -> None:
    alice, bobby = await join("alice"), await join("bobby")
    room = await by(alice).make("Orchard")
    await by(bobby).join(room)
    for _ in range(PAGE_DEFAULT + 1):
        await bobby.socket.posted("one of many", room=room)
    saving, rooms = bobby.app[SAVING], {}
    for place in (room, 1):
        await bobby.socket.posted("the last", room=place)
        rooms[place] = (await saving.find(user_of(bobby), place)).room
    reader = Reader(bobby.author["id"], session_of(database, bobby))

    async with aclosing(saving.messages(reader, rooms[room])) as pages:
        assert len(await anext(pages)) == PAGE_DEFAULT
        await by(alice).remove(room, bobby)
        with pytest.raises(NotFound):
            await anext(pages)
    async with aclosing(saving.messages(reader, rooms[1])) as pages:
        await bobby.browser.sign_out()
        with pytest.raises(NotFound):
            await anext(pages)


def user_of(person: Member) -> User:
    return User(person.author["id"], person.author["login"], person.author["name"], "member")


def session_of(database: Engine, person: Member) -> int:
    with database.connect() as conn:
        found = conn.execute(select(sessions.c.id).where(sessions.c.user_id == person.author["id"]))
        return int(found.scalar_one())


async def test_a_form_that_there_is_none_of_is_refused(join: Join, database: Engine) -> None:
    alice = await join("alice")

    assert (await saved(alice, form="pdf")).status == 400
    with database.connect() as conn:
        assert conn.execute(select(func.count()).select_from(audit)).scalar_one() == 0


async def test_one_saves_one_at_a_time_and_the_next_waits_for_it(join: Join) -> None:
    alice, bobby = await join("alice"), await join("bobby")
    gate = alice.app[GATES]["saving"]

    async with gate.turn(f"user:{alice.author['id']}"):
        waits = asyncio.create_task(saved(alice))
        async with asyncio.timeout(PATIENCE_S):
            while not gate._count_waiting:  # noqa: ASYNC110 (a gate has no event for who watches it)
                await asyncio.sleep(0.01)
        third, others = (await saved(alice)).status, (await saved(bobby)).status
        is_done = waits.done()

    assert (third, others, is_done) == (429, 200, False)
    assert (await waits).status == 200


async def test_what_is_said_while_the_file_is_written_is_not_in_it(join: Join, database: Engine) -> None:
    alice = await join("alice")
    await alice.socket.posted("before")
    saving, reader = alice.app[SAVING], Reader(alice.author["id"], session_of(database, alice))
    room = (await saving.find(user_of(alice), 1)).room
    await alice.socket.posted("meanwhile")

    pages = [page async for page in saving.messages(reader, room)]
    lines = b"".join([piece async for piece in lines_of(saving, reader, room)])

    assert [message.text for page in pages for message in page] == ["before"]
    assert b"before" in lines
    assert b"meanwhile" not in lines


async def test_a_file_that_cannot_be_finished_ends_as_a_broken_download() -> None:
    async def pieces() -> AsyncGenerator[bytes]:
        yield b"begun"
        raise NotFound

    async def answer(request: web.Request) -> web.StreamResponse:
        return await send(request, pieces(), "room.jsonl", "application/jsonl")

    app = web.Application()
    app.router.add_get("/", answer)
    async with TestServer(app) as server, ClientSession() as session, session.get(server.make_url("/")) as answered:
        with pytest.raises(ClientError):
            await answered.read()
