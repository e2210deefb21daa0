"""Who may read a file: members of a room that shows it, asked each time, and nobody else; nor its thumbnails."""

import uuid

import pytest
from aiohttp import ClientPayloadError
from sqlalchemy import Engine, update

from app.db.schema import users
from app.db.tables.files import files
from app.files.serving import service, views
from tests.chat.conftest import Join, Member
from tests.files.serving.conftest import Attach, Give, Given, read
from tests.rooms.conftest import by
from tests.support.proxy import kept_on_the_way
from tests.support.sockets import until

SIZES: list[dict[str, str]] = [
    {},
    {"size": "small"},
    {"size": "large"},
    {"size": "still"},
    {"download": ""},
    {"lines": "5"},
]


class Room:
    """A closed room: alice and bobby are in it, carol is not."""

    def __init__(self, id: int, alice: Member, bob: Member, carol: Member) -> None:
        self.id, self.alice, self.bob, self.carol = id, alice, bob, carol

    async def post(self, text: str = "see this") -> int:
        return int((await self.alice.socket.posted(text, room=self.id))["seq"])

    async def delete(self, seq: int) -> None:
        command = {"type": "delete", "id": str(uuid.uuid4()), "room": self.id, "seq": seq}
        await self.alice.socket.say(**command)
        await self.alice.socket.until("ack", id=command["id"])


@pytest.fixture
async def room(join: Join) -> Room:
    alice, bob, carol = [await join(login) for login in ("alice", "bobby", "carol")]
    room = await by(alice).make("Plans", kind="closed")
    await by(alice).add(room, "bobby")
    return Room(room, alice, bob, carol)


def picture(give: Give, owner: Member, **more: object) -> Given:
    """A file that has everything there is to read: thumbnails, and for this test lines as well."""
    return give(owner, b"original", small=b"small", large=b"larger", kind="text", **more)


async def statuses(person: Member, file: Given) -> set[int]:
    """What somebody is answered to all ways of asking for a file."""
    answers = [
        await read(person, file.path(**size), method, **conditions)
        for size in SIZES
        for method in ("GET", "HEAD")
        for conditions in ({}, {"If_None_Match": "*"}, {"Range": "bytes=0-1"})
    ]
    assert all(answer.body == b"" or answer.status < 400 or b"original" not in answer.body for answer in answers)
    return {answer.status for answer in answers}


async def test_members_read_a_file_and_outsiders_find_nothing(room: Room, give: Give, attach: Attach) -> None:
    file = picture(give, room.alice)
    attach(file, await room.post(), room.id)

    for member in (room.alice, room.bob):
        assert (await read(member, file.path())).body == b"original"
        assert (await read(member, file.path(size="small"))).body == b"small"
        assert (await read(member, file.path(size="large"))).body == b"larger"
        assert await statuses(member, file) == {200, 206, 304}
    assert await statuses(room.carol, file) == {404}


async def test_who_was_removed_finds_nothing_even_of_their_own(room: Room, give: Give, attach: Attach) -> None:
    theirs, mine = picture(give, room.bob), give(room.alice, b"mine")
    for file in (theirs, mine):
        attach(file, await room.post(), room.id)
    kept = await read(room.bob, mine.path())
    assert kept.status == 200

    await by(room.alice).remove(room.id, room.bob)

    assert await statuses(room.bob, theirs) == {404}
    assert (await read(room.bob, mine.path(), If_None_Match=kept.headers["ETag"])).status == 404
    assert (await read(room.alice, theirs.path())).status == 200


async def test_who_comes_back_reads_again(room: Room, give: Give, attach: Attach) -> None:
    file = give(room.alice)
    attach(file, await room.post(), room.id)
    await by(room.alice).remove(room.id, room.bob)
    assert (await read(room.bob, file.path())).status == 404

    await by(room.alice).add(room.id, "bobby")

    assert (await read(room.bob, file.path())).status == 200


async def test_who_has_signed_out_is_sent_to_the_form(room: Room, give: Give, attach: Attach) -> None:
    file = picture(give, room.alice)
    attach(file, await room.post(), room.id)

    await room.bob.browser.sign_out()

    assert await statuses(room.bob, file) == {303}
    assert (await read(room.bob, file.path(), Accept="application/json")).status == 401


async def test_who_was_disabled_reads_nothing(room: Room, give: Give, attach: Attach, database: Engine) -> None:
    file = give(room.alice)
    attach(file, await room.post(), room.id)

    with database.begin() as conn:
        conn.execute(update(users).where(users.c.login == "bobby").values(disabled_at=users.c.created_at))

    assert (await read(room.bob, file.path())).status == 303


async def test_a_file_that_is_not_posted_is_its_owners_alone(room: Room, give: Give) -> None:
    file = picture(give, room.alice)

    assert await statuses(room.alice, file) == {200, 206, 304}
    assert await statuses(room.bob, file) == {404}


async def test_the_file_of_a_deleted_message_is_gone_for_all(room: Room, give: Give, attach: Attach) -> None:
    file = picture(give, room.alice)
    attach(file, seq := await room.post(), room.id)

    await room.delete(seq)

    assert await statuses(room.bob, file) == {404}
    assert await statuses(room.alice, file) == {404}


async def test_a_file_in_two_messages_outlives_one_of_them(room: Room, give: Give, attach: Attach) -> None:
    file = give(room.alice)
    attach(file, seq := await room.post(), room.id)
    lobby = (await room.alice.socket.posted("the same"))["seq"]
    attach(file, lobby, 1)
    assert (await read(room.carol, file.path())).status == 200

    await room.delete(seq)

    for person in (room.alice, room.bob, room.carol):
        assert (await read(person, file.path())).status == 200


async def test_what_is_not_whole_cannot_be_read(room: Room, give: Give, attach: Attach, database: Engine) -> None:
    file = give(room.alice, whole_at=None)

    assert await statuses(room.alice, file) == {404}
    with database.begin() as conn:
        conn.execute(update(files).values(whole_at=files.c.created_at))
    assert (await read(room.alice, file.path())).status == 200


@pytest.mark.parametrize(
    "id", ["8b9e2f6c-0d6b-4a57-9a43-5f6a1f0f2b11", "1", "..%2f..", "%00", "x" * 300, "{" + "0" * 36 + "}"]
)
async def test_an_id_of_nothing_is_nothing(id: str, join: Join) -> None:
    assert (await read(await join("alice"), f"/files/{id}/name")).status == 404


@pytest.fixture
async def long(room: Room, give: Give, attach: Attach, monkeypatch: pytest.MonkeyPatch) -> Given:
    """A file that nobody has read by the time that they are asked about again."""
    monkeypatch.setattr(service, "ASK_AGAIN_S", 0)
    file = give(room.alice, bytes(kept_on_the_way() + 4 * 1024 * 1024), chunk_bytes=256 * 1024)
    attach(file, await room.post(), room.id)
    return file


async def test_who_is_removed_while_they_read_is_cut_off(room: Room, long: Given) -> None:
    async with room.bob.browser.get(long.path()) as answer, room.alice.browser.get(long.path()) as hers:
        await answer.content.readexactly(1024)

        await by(room.alice).remove(room.id, room.bob)

        with pytest.raises(ClientPayloadError):
            await answer.read()
        assert await hers.read() == long.content


async def test_who_signs_out_while_they_read_is_cut_off(room: Room, long: Given) -> None:
    async with room.bob.browser.get(long.path()) as answer:
        await answer.content.readexactly(1024)

        await room.bob.browser.sign_out()

        with pytest.raises(ClientPayloadError):
            await answer.read()


async def test_who_takes_nothing_is_cut_off(
    room: Room, long: Given, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(views, "STALLED_S", 0.1)
    caplog.set_level("INFO", logger="app.files")

    async with room.bob.browser.get(long.path()) as answer:
        await until(lambda: "stopped sending a file" in caplog.text)

        with pytest.raises(ClientPayloadError):
            await answer.read()
