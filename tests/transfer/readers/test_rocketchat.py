"""Rocket.Chat's database as mongodump writes it."""

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import bson
import pytest

from app.transfer.mentions import person, room
from app.transfer.readers.rocketchat import read
from app.transfer.records import Reaction, Room
from tests.transfer.readers.reading import Brought, contents, pictures, refusal, tarred

AT = datetime(2021, 8, 30, 10, 20, 30, 123_000, tzinfo=UTC)
ANN, BOB = {"_id": "a1", "username": "ann", "name": "Ann Lee"}, {"_id": "b2", "username": "bob", "name": "Bob"}


def user(who: dict[str, Any], **more: Any) -> dict[str, Any]:
    emails = [{"address": f"{who['username']}@e.org", "verified": True}]
    services = {"password": {"bcrypt": "$2b$10$secret"}}
    return {**who, "emails": emails, "type": "user", "active": True, "roles": ["user"], "services": services, **more}


def a_room(key: str, kind: str = "c", **more: Any) -> dict[str, Any]:
    return {"_id": key, "t": kind, "name": key.lower(), "ts": AT, "u": {"_id": "a1", "username": "ann"}, **more}


def posted(key: str, msg: str = "", **more: Any) -> dict[str, Any]:
    about = {"_id": key, "rid": "GENERAL", "msg": msg, "ts": AT, "u": ANN, "_updatedAt": AT, "groupable": False}
    return {**about, "urls": [], "mentions": [], "channels": [], **more}


def written(folder: Path, *messages: dict[str, Any], **collections: list[dict[str, Any]]) -> Path:
    whole = {
        "users": [user(ANN), user(BOB)],
        "rocketchat_room": [a_room("GENERAL")],
        "rocketchat_subscription": [{"_id": "s1", "rid": "GENERAL", "u": ANN, "t": "c"}],
        "rocketchat_message": list(messages),
        "rocketchat_uploads.chunks": [],
    } | collections
    folder.mkdir(parents=True, exist_ok=True)
    for name, documents in whole.items():
        (folder / f"{name}.bson").write_bytes(b"".join(map(bson.encode, documents)))
    return folder


def brought(folder: Path, *messages: dict[str, Any], **collections: list[dict[str, Any]]) -> Brought:
    return Brought(read(written(folder, *messages, **collections)))


def test_people_come_without_their_passwords(tmp_path: Path) -> None:
    got = brought(
        tmp_path,
        users=[
            user(ANN, roles=["user", "admin"]),
            user(BOB, active=False),
            {"_id": "rocket.cat", "username": "rocket.cat", "type": "bot", "name": "Rocket.Cat"},
            {"_id": "v1", "username": "guest-1", "type": "unknown"},
            {"_id": "x9"},
        ],
    )

    assert {key: (who.login, who.name, who.email, who.kind, who.is_admin) for key, who in got.people.items()} == {
        "a1": ("ann", "Ann Lee", "ann@e.org", "person", True),
        "b2": ("bob", "Bob", "bob@e.org", "gone", False),
        "rocket.cat": ("rocket.cat", "Rocket.Cat", None, "bot", False),
        "v1": ("guest-1", "", None, "gone", False),
        "x9": ("", "", None, "person", False),
    }
    assert [who.password for who in got.people.values()] == [None] * 5


def test_rooms_have_the_members_of_their_subscriptions(tmp_path: Path) -> None:
    got = brought(
        tmp_path,
        rocketchat_room=[
            a_room("GENERAL", topic="all", fname="General Talk"),
            a_room("den", "p", archived=True),
            a_room("disc", "c", prid="GENERAL", fname="About it", name="xK3"),
            a_room("help", "l", fname="A guest"),
            a_room("odd", "v"),
        ],
        rocketchat_subscription=[
            {"_id": "1", "rid": "GENERAL", "u": BOB},
            {"_id": "2", "rid": "GENERAL", "u": ANN},
            {"_id": "3", "rid": "den", "u": ANN},
        ],
    )

    assert got.rooms == {
        "GENERAL": Room("GENERAL", "open", "General Talk", "all", ("b2", "a1"), AT, creator="a1"),
        "den": Room("den", "closed", "den", "", ("a1",), AT, is_archived=True, creator="a1"),
        "disc": Room("disc", "open", "About it", created_at=AT, creator="a1"),
        "help": Room("help", "closed", "A guest", created_at=AT, creator="a1"),
    }
    assert got.left == {"rooms of kinds that Parley does not have": 1}


def test_direct_rooms_are_of_one_of_two_and_of_more(tmp_path: Path) -> None:
    got = brought(
        tmp_path,
        rocketchat_room=[
            a_room("d1", "d", uids=["a1", "b2"], name=None),
            a_room("a1a1", "d", uids=["a1"]),
            a_room("d3", "d", uids=["a1", "b2", "x9"]),
            a_room("old", "d", usernames=["bob", "ann", "renamed"]),
        ],
        rocketchat_subscription=[{"_id": "4", "rid": "d1", "u": ANN}],
    )

    assert {key: made.members for key, made in got.rooms.items() if made.kind == "direct"} == {
        "d1": ("a1", "b2"),
        "a1a1": ("a1",),
        "d3": ("a1", "b2", "x9"),
        "old": ("b2", "a1"),
    }


def test_messages_in_any_order_stand_by_their_time(tmp_path: Path) -> None:
    edited = AT + timedelta(seconds=90)

    got = brought(
        tmp_path, posted("m2", "second", ts=AT + timedelta(milliseconds=1)), posted("m1", "first", editedAt=edited)
    )

    assert [(message.key, message.text, message.edited_at) for message in got.messages] == [
        ("m1", "first", edited),
        ("m2", "second", None),
    ]
    assert got.messages[0].at == AT


def test_notices_old_versions_and_what_is_encrypted_are_counted_and_deletions_come(tmp_path: Path) -> None:
    got = brought(
        tmp_path,
        *(posted(f"n{n}", "x", t=kind) for n, kind in enumerate(["uj", "ul", "au", "ru", "r", "room_changed_topic"])),
        posted("e", "U2FsdGVk", t="e2e"),
        posted("m1-old", "befor", _hidden=True, parent="m1", editedAt=AT),
        posted("m1", "before", editedAt=AT),
        posted("m2", "", t="rm", editedAt=AT, reactions={":+1:": {"usernames": ["bob"]}}),
        posted("m3", "secret", _hidden=True, editedAt=AT),
    )

    assert [(message.key, message.text, message.is_deleted) for message in got.messages] == [
        ("m1", "before", False),
        ("m2", "", True),
        ("m3", "", True),
    ]
    assert [message.reactions for message in got.messages] == [(), (), ()]
    assert got.left == {
        "joins, topics and other notices": 6,
        "messages that are encrypted": 1,
        "old versions of messages that were edited": 1,
    }


def test_what_is_missing_in_a_message_stops_nothing(tmp_path: Path) -> None:
    bare = {"_id": "m1", "rid": "GENERAL", "ts": AT}

    got = brought(
        tmp_path,
        {**bare, "u": {"_id": "a1"}},
        {**bare, "_id": "m2", "msg": "by nobody"},
        {**bare, "_id": "m3", "msg": "by a guest", "u": {"_id": "v7", "username": "guest-7"}},
        {**bare, "_id": "m4", "msg": "by name", "u": {"username": "bob"}},
        {"_id": "m5", "msg": "no room", "ts": AT, "u": ANN},
        {**bare, "_id": "m6", "rid": "gone", "u": ANN},
        {**bare, "_id": "m7", "ts": None, "u": ANN},
        {**bare, "_id": "m8", "msg": {"odd": 1}, "u": ANN},
        posted("m9", "a\0b \ue000a1\ue001"),
    )

    assert [(message.key, message.author, message.text) for message in got.messages] == [
        ("m1", "a1", ""),
        ("m2", "name ", "by nobody"),
        ("m3", "v7", "by a guest"),
        ("m4", "b2", "by name"),
        ("m8", "a1", ""),
        ("m9", "a1", "ab a1"),
    ]
    assert (got.people["v7"].kind, got.people["v7"].name) == ("gone", "guest-7")
    assert got.left == {
        "messages without a time or a room": 3,
        "parts of messages, whose “msg” is missing or of another type": 1,
    }


def test_threads_and_quotes_are_replies(tmp_path: Path) -> None:
    link = "https://chat.e.org/channel/general?msg=m1"
    other = "https://chat.e.org/group/den?msg=z9"
    quoted = [{"text": "root *b*", "message_link": link}, {"text": "far\naway", "message_link": other}]

    got = brought(
        tmp_path,
        posted("m1", "root"),
        posted("m2", "in thread", tmid="m1"),
        posted("m3", f"[ ]({link}) quoting", attachments=quoted[:1]),
        posted("m4", f"[ ]({other})\nelsewhere", attachments=quoted[1:]),
        posted("m5", f"[ ]({link}) [ ]({other}) both", attachments=quoted, tmid="m2"),
        posted("m6", "[a]( x ) [ ](https://e.org?x=1)"),
    )

    assert [(message.text, message.reply_to) for message in got.messages] == [
        ("root", None),
        ("in thread", "m1"),
        ("quoting", "m1"),
        ("> far\n> away\nelsewhere", None),
        ("> far\n> away\nboth", "m1"),
        ("[a]( x ) [ ](https://e.org?x=1)", None),
    ]


@pytest.mark.parametrize(
    "link", ["https://chat.e.org/direct/bob?msg=m1", "/direct?msg=m1", "https://e.org/direct/d1?msg=m1"]
)
@pytest.mark.parametrize("who", [{"uids": ["a1", "b2"]}, {"usernames": ["ann", "bob"]}])
def test_a_quote_in_a_direct_room_is_an_answer_whatever_its_address_calls_it(
    tmp_path: Path, link: str, who: dict[str, Any]
) -> None:
    other = "https://chat.e.org/direct/carol?msg=z9"
    quoted = [{"text": "root", "message_link": link}, {"text": "away", "message_link": other}]

    got = brought(
        tmp_path,
        posted("m1", "root", rid="d1"),
        posted("m2", f"[ ]({link}) yes", rid="d1", attachments=quoted),
        posted("m3", f"[ ]({other}) no", rid="d1", attachments=quoted),
        rocketchat_room=[a_room("d1", "d", name=None, **who)],
    )

    assert [(message.text, message.reply_to) for message in got.messages] == [
        ("root", None),
        ("yes", "m1"),
        ("> away\nno", None),
    ]


def test_files_that_are_kept_outside_of_the_database_lie_in_a_folder_beside_it(tmp_path: Path) -> None:
    folder = written(
        tmp_path / "export/database/5f",
        posted("m1", "", file={"_id": "f1", "name": "a.png", "type": "image/png"}),
        posted("m2", "", file={"_id": "f2", "name": "b", "type": "text/plain"}),
        posted("m3", "", file={"_id": "p1", "name": "c", "type": "text/plain"}),
        rocketchat_avatars=[{"_id": "p1", "userId": "a1", "store": "FileSystem:Avatars"}],
    ).parents[1]
    for name in ("uploads/f1.png", "uploads/f2", "avatars/p1.jpeg"):
        (folder / "files" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "files" / name).write_bytes(name.encode())

    assert contents(read, folder) == {"a.png": b"uploads/f1.png", "b": b"uploads/f2", "c": None}
    assert pictures(read(folder)) == {"a1": b"avatars/p1.jpeg"}


def test_reactions_are_emoji_also_of_those_who_have_another_name_now(tmp_path: Path) -> None:
    reactions = {
        ":thumbsup:": {"usernames": ["ann", "bob"]},
        ":+1:": {"usernames": ["ann"]},
        ":grin:": {"usernames": ["renamed"]},
        ":acme_logo:": {"usernames": ["ann", "bob"]},
    }

    got = brought(tmp_path, posted("m1", "a", reactions=reactions), posted("m2", "b", reactions=reactions))

    assert got.message("a").reactions == (Reaction("👍", "a1"), Reaction("👍", "b2"), Reaction("😁", "name renamed"))
    assert got.people["name renamed"].kind == "gone"
    assert got.left == {"reactions with pictures of the team's own": 4}


@pytest.mark.parametrize(
    ("msg", "text"),
    [
        ("*b* _i_ ~s~ **b** __i__ ~~s~~", "**b** _i_ ~~s~~ **b** _i_ ~~s~~"),
        ("2*3*4 a_b_c * x *", "2*3*4 a_b_c * x *"),
        ("@ann @bob. @all @here @carol", f"{person('a1')} {person('b2')}. @all @all @carol"),
        ("mail@bob.org `@bob`", "mail@bob.org `@bob`"),
        ("#den #nowhere https://e.org/#den", f"{room('r9')} #nowhere https://e.org/#den"),
        (":smile: 10:20:30", "😄 10:20:30"),
        ("```\n*b*\n```", "```\n*b*\n```"),
        (">close &amp;", "> close &amp;"),
    ],
)
def test_rocket_chat_s_markup_becomes_ours(tmp_path: Path, msg: str, text: str) -> None:
    everybody = [{"_id": name, "username": name} for name in ("all", "here")]

    got = brought(
        tmp_path,
        posted("m1", msg, mentions=[ANN, BOB, *everybody], channels=[{"_id": "r9", "name": "den"}]),
    )

    assert got.texts == [text]


def test_what_programs_write_is_by_bots_of_their_names(tmp_path: Path) -> None:
    fields = [{"title": "Branch", "value": "main"}, {"title": "Tries", "value": 3}]
    build = {"title": "Build 7", "title_link": "https://ci.e.org/7", "text": "*failed*", "fields": fields}
    attachments = [{**build, "author_name": "CI", "image_url": "/avatar/ci"}, {"text": 7}]

    got = brought(tmp_path, posted("m1", "", bot={"i": "hook"}, alias="ann", attachments=attachments))

    assert (got.messages[0].author, got.people["bot ann"].kind) == ("bot ann", "bot")
    assert got.texts == ["CI\n[Build 7](https://ci.e.org/7)\n**failed**\nBranch: main\nTries: 3\n7"]


def test_people_have_their_pictures(tmp_path: Path) -> None:
    avatars = [
        {"_id": "p1", "userId": "a1", "name": "ann.png", "store": "GridFS:Avatars"},
        {"_id": "p2", "rid": "GENERAL", "name": "general.png"},
        {"_id": "p3", "userId": "b2", "store": "FileSystem:Avatars"},
    ]
    chunks = [{"_id": n, "files_id": f"p{n}", "n": 0, "data": b"png %d" % n} for n in (1, 2)]

    folder = written(tmp_path, **{"rocketchat_avatars": avatars, "rocketchat_avatars.chunks": chunks})

    assert pictures(read(folder)) == {"a1": b"png 1"}


def test_files_are_put_together_from_their_chunks_and_thumbnails_left(tmp_path: Path) -> None:
    chunks = [
        {"_id": 2, "files_id": "f1", "n": 1, "data": b"second"},
        {"_id": 3, "files_id": "f9", "n": None, "data": b"other"},
        {"_id": 1, "files_id": "f1", "n": 0, "data": b"first "},
    ]
    main, thumb = {"_id": "f1", "name": "a.png", "type": "image/png"}, {"_id": "f2", "name": "thumb-a.png"}
    attachments = [{"title": "a.png", "title_link": "/file-upload/f1/a.png", "description": "our *house*"}]
    folder = written(
        tmp_path / "dump",
        posted("m1", "", file=main, files=[main, thumb], attachments=attachments),
        posted("m2", "", file={"_id": "gone", "name": "b.txt", "type": "text/plain"}),
        **{"rocketchat_uploads.chunks": chunks},
    )
    packed = tarred(folder, "dump/parley")

    assert Brought(read(folder)).texts == ["our **house**", ""]
    assert contents(read, folder) == contents(read, packed) == {"a.png": b"first second", "b.txt": None}


def test_a_dump_that_was_packed_gives_the_same(tmp_path: Path) -> None:
    folder = written(tmp_path / "dump", posted("m1", "a"))
    plain = list(read(folder))
    for path in [*folder.iterdir()]:
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()

    assert list(read(folder)) == plain
    assert Brought(plain).texts == ["a"]


def test_what_cannot_be_read_is_refused_in_a_sentence(tmp_path: Path) -> None:
    folder = written(tmp_path / "dump", posted("m1", "a"))
    messages = folder / "rocketchat_message.bson"
    whole = messages.read_bytes()

    for broken in (whole[:-5], whole[:2], b"{}" + whole, b"\xff\xff\xff\xff" + whole[4:]):
        messages.write_bytes(broken)
        assert refusal(read, folder).startswith("rocketchat_message.bson is no BSON, or was broken off: ")
    messages.unlink()
    assert refusal(read, folder) == "dump has no rocketchat_message.bson: it is no dump of Rocket.Chat's database."


def test_a_mention_of_a_team_or_of_somebody_who_is_no_more_stays_as_it_was_typed(tmp_path: Path) -> None:
    team, gone = {"_id": "t9", "name": "devs", "username": "devs", "type": "team"}, {"_id": "u9", "username": "zoe"}

    got = brought(tmp_path, posted("1", "@devs, @zoe and @bob", mentions=[team, gone, BOB]))

    assert got.texts == [f"@\u2060devs, @\u2060zoe and {person('b2')}"]


def test_what_is_written_under_another_name_is_of_somebody_of_that_name_but_not_a_visitor_s(tmp_path: Path) -> None:
    visitor = {"_id": "v1", "username": "guest-1"}

    got = brought(
        tmp_path,
        posted("1", "of a bridge", alias="Kim", avatar="https://e.org/k.png"),
        posted("2", "of ann", alias="Ann Lee"),
        posted("3", "of a visitor", alias="Zoe", u=visitor, token="x"),
    )

    assert [message.author for message in got.messages] == ["bot Kim", "a1", "v1"]


def test_a_place_and_what_is_only_attached_are_written_down(tmp_path: Path) -> None:
    film = {"title": "v.mp4", "title_link": "/file-upload/f9/v.mp4", "type": "file", "description": "Our *film*"}

    got = brought(
        tmp_path,
        posted("1", "", location={"type": "Point", "coordinates": [30.52, 50.45]}),
        posted("2", "", attachments=[film, {"video_url": "https://e.org/w.mp4"}]),
        posted("3", "<https://e.org/a_b|our site> <3", pinned=True, blocks=[{"type": "section"}]),
        rocketchat_room=[
            a_room("GENERAL", topic="Food \ue000u1\ue001", description="All about food", announcement="New!")
        ],
    )

    assert got.texts == [
        "50.45, 30.52",
        "v.mp4\nOur **film**\nhttps://e.org/w.mp4",
        "[our site](https://e.org/a_b) <3",
    ]
    assert got.rooms["GENERAL"].topic == "Food u1"
    assert got.left == {
        "pins of messages": 1,
        "blocks in which apps show something": 1,
        "descriptions of rooms that have a topic, too": 2,
    }
