"""Mattermost's bulk export."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.transfer.mentions import person, room
from app.transfer.readers.mattermost import read
from app.transfer.records import Reaction, Room
from tests.transfer.readers.reading import Brought, contents, pictures, refusal, zip_of

AT = 1553166512493  # 2019-03-21T11:08:32.493Z
VERSION = {"type": "version", "version": 1}
TEAM = {"type": "team", "team": {"name": "acme", "display_name": "Acme", "type": "O"}}


def channel(name: str, **more: Any) -> dict[str, Any]:
    about = {"team": "acme", "name": name, "display_name": "", "type": "O", "header": "", "purpose": ""}
    return {"type": "channel", "channel": about | more}


def user(username: str, *channels: str, **more: Any) -> dict[str, Any]:
    teams = [{"name": "acme", "roles": "team_user", "channels": [{"name": each} for each in channels]}]
    about = {"username": username, "email": f"{username}@e.org", "nickname": "", "first_name": "", "last_name": ""}
    return {"type": "user", "user": about | {"roles": "system_user", "teams": teams} | more}


def post(message: str, **more: Any) -> dict[str, Any]:
    about = {"team": "acme", "channel": "town", "user": "ann", "message": message, "create_at": AT, "type": ""}
    return {"type": "post", "post": about | {"edit_at": 0, "reactions": None, "replies": None} | more}


def direct_post(message: str, members: list[str], **more: Any) -> dict[str, Any]:
    about = {"channel_members": members, "user": "ann", "message": message, "create_at": AT, "replies": None}
    return {"type": "direct_post", "direct_post": about | more}


BEGIN = [VERSION, TEAM, channel("town"), user("ann", "town"), user("bob", "town"), user("a.b.", "town")]


def written(folder: Path, *lines: dict[str, Any]) -> Path:
    path = folder / "import.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def brought(folder: Path, *lines: dict[str, Any]) -> Brought:
    return Brought(read(written(folder, *BEGIN, *lines)))


def test_people_and_rooms_come_with_their_members(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        *(VERSION, TEAM),
        channel("town", display_name="Town Square", purpose="all", header="https://e.org"),
        channel("den", type="P", deleted_at=AT),
        user("ann", "town", "den", first_name="Ann", last_name="Lee", roles="system_admin system_user"),
        user("bob", "town", nickname="Bobby", delete_at=AT),
        user("eve", teams=None),
        {"type": "bot", "bot": {"username": "ci", "display_name": "CI", "owner": "ann", "delete_at": 0}},
    )

    got = Brought(read(path))

    ann, bob, eve, ci = (got.people[key] for key in ("ann", "bob", "eve", "ci"))
    assert (ann.login, ann.name, ann.email, ann.kind, ann.is_admin) == ("ann", "Ann Lee", "ann@e.org", "person", True)
    assert (bob.name, bob.kind, bob.is_admin) == ("Bobby", "gone", False)
    assert (eve.name, eve.kind) == ("", "person")
    assert (ci.name, ci.kind, ci.email) == ("CI", "bot", None)
    assert got.rooms == {
        "acme/town": Room("acme/town", "open", "Town Square", "https://e.org", ("ann", "bob")),
        "acme/den": Room("acme/den", "closed", "den", "", ("ann",), is_archived=True),
    }


def test_posts_in_any_order_have_their_own_time_to_the_millisecond(tmp_path: Path) -> None:
    got = brought(tmp_path, post("second", create_at=AT + 1, edit_at=AT + 60_000), post("first"))

    assert got.texts == ["first", "second"]
    first, second = got.messages
    assert first.at == datetime(2019, 3, 21, 11, 8, 32, 493_000, tzinfo=UTC)
    assert (first.edited_at, second.edited_at) == (None, datetime(2019, 3, 21, 11, 9, 32, 493_000, tzinfo=UTC))


def test_two_posts_of_one_moment_stay_two_and_keep_their_keys(tmp_path: Path) -> None:
    lines = [post("a"), post("b"), post("c", user="bob")]

    keys = {message.text: message.key for message in brought(tmp_path, *lines).messages}

    assert keys == {"a": f"{AT}-ann", "b": f"{AT}-ann-2", "c": f"{AT}-bob"}
    assert {each.text: each.key for each in brought(tmp_path, *lines, post("d", create_at=AT + 9)).messages} == {
        **keys,
        "d": f"{AT + 9}-ann",
    }


def test_replies_lie_in_their_post_without_a_room_and_quote_it(tmp_path: Path) -> None:
    reply = {"user": "bob", "message": "yes", "create_at": AT - 5, "reactions": [{"user": "ann", "emoji_name": "+1"}]}

    got = brought(tmp_path, post("no", replies=[reply]), post("other", create_at=AT + 1, replies=None))

    assert (got.message("yes").room, got.message("yes").reply_to) == ("acme/town", got.message("no").key)
    assert got.message("yes").reactions == (Reaction("👍", "ann"),)
    assert got.message("no").reply_to is got.message("other").reply_to is None


def test_people_coming_and_going_is_left_out_also_where_old_exports_say_no_type(tmp_path: Path) -> None:
    old = {"user": "bob", "message": "bob joined the channel.", "create_at": AT}
    reply = {"user": "ann", "message": "hi bob", "create_at": AT + 1}

    got = brought(
        tmp_path,
        post("bob joined.", type="system_join_channel"),
        {"type": "post", "post": {**old, "team": "acme", "channel": "town", "replies": [reply]}},
        {"type": "post", "post": {**old, "team": "acme", "channel": "town", "message": "ann joined the channel."}},
        post("ann joined the channel."),
    )

    assert got.left == {"joins, topics and other notices": 2}
    assert sorted(got.texts) == ["ann joined the channel.", "ann joined the channel.", "hi bob"]


def test_reactions_are_emoji_one_a_person_and_the_team_s_pictures_are_counted(tmp_path: Path) -> None:
    names = [("ann", "white_check_mark"), ("ann", "white_check_mark"), ("bob", "tada"), ("bob", "acme_logo")]

    got = brought(tmp_path, post("hi", reactions=[{"user": who, "emoji_name": name} for who, name in names]))

    assert got.message("hi").reactions == (Reaction("✅", "ann"), Reaction("🎉", "bob"))
    assert got.left == {"reactions with pictures of the team's own": 1}


def test_direct_rooms_are_one_a_set_of_people_whatever_the_export_says_of_them(tmp_path: Path) -> None:
    got = brought(
        tmp_path,
        {"type": "direct_channel", "direct_channel": {"members": ["bob", "ann"], "header": ""}},
        {"type": "direct_channel", "direct_channel": {"members": ["ann", "bob"]}},
        {"type": "direct_channel", "direct_channel": {"members": [], "header": ""}},
        {"type": "direct_channel", "direct_channel": {"members": None}},
        direct_post("to bob", ["ann", "bob"]),
        direct_post("to myself", ["ann", "ann"]),
        direct_post("lost", []),
    )

    directs = {key: made.members for key, made in got.rooms.items() if made.kind == "direct"}
    assert directs == {"ann,bob": ("ann", "bob"), "ann": ("ann",)}
    assert (got.message("to bob").room, got.message("to myself").room) == ("ann,bob", "ann")
    assert got.left == {"direct rooms without people": 2, "direct messages whose people the export does not have": 1}


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("@bob hi", f"{person('bob')} hi"),
        ("hi @Bob.", f"hi {person('bob')}."),
        ("@a.b.", person("a.b.")),
        ("@bob.: @a.b.!", f"{person('bob')}.: {person('a.b.')}!"),
        ("@nobody and bob@bob.org", "@nobody and bob@bob.org"),
        ("@channel @all @here", "@all @all @all"),
        ("see ~town, ~nowhere and ~~no~~", f"see {room('acme/town')}, ~nowhere and ~~no~~"),
        ("`@bob` @bob", f"`@bob` {person('bob')}"),
        ("**b** _i_ ~~s~~ __b__ a__b__c", "**b** _i_ ~~s~~ **b** a__b__c"),
        ("<https://e.org> [a](https://e.org)", "https://e.org [a](https://e.org)"),
        (":tada: :acme_logo: 10:20:30", "🎉 :acme_logo: 10:20:30"),
        ("a ```\n@bob\n```", "a \n```\n@bob\n```"),
        ("\ue000ann\ue001 &amp; <b>", "ann &amp; <b>"),
    ],
)
def test_the_source_s_markup_becomes_ours(tmp_path: Path, typed: str, text: str) -> None:
    assert brought(tmp_path, post(typed)).texts == [text]


def test_what_a_program_posts_is_by_a_bot_of_its_name(tmp_path: Path) -> None:
    props = {"from_webhook": "true", "override_username": "ann", "attachments": [{"title": "Build", "text": "failed"}]}

    got = brought(
        tmp_path, post("", props=props), post("", props=props, create_at=AT + 1), post("me", create_at=AT + 2)
    )

    assert [message.author for message in got.messages] == ["webhook ann", "webhook ann", "ann"]
    assert (got.people["webhook ann"].kind, got.people["webhook ann"].name) == ("bot", "ann")
    assert got.texts == ["Build\nfailed", "Build\nfailed", "me"]


def test_all_that_a_program_attaches_stands_behind_its_text(tmp_path: Path) -> None:
    attached = {
        "pretext": "New",
        "author_name": "ci",
        "title": "Build 7",
        "title_link": "https://ci.e.org/7",
        "text": "__failed__ for @bob",
        "fields": [{"title": "Branch", "value": "main", "short": True}, {"title": "Tries", "value": 3}, "x", {}],
        "image_url": "https://ci.e.org/7.png",
        "footer": "in 3 s",
        "fallback": "not this",
    }
    props = {"attachments": [attached, {"fallback": "this :tada:"}, None]}

    assert brought(tmp_path, post("see", props=props)).texts == [
        f"see\nNew\nci\n[Build 7](https://ci.e.org/7)\n**failed** for {person('bob')}\nBranch: main\nTries: 3\n"
        "https://ci.e.org/7.png\nin 3 s\nthis 🎉"
    ]


def test_people_have_their_pictures(tmp_path: Path) -> None:
    ann, bob = (user(name, profile_image=f"users/{name}1/profile.png") for name in ("ann", "bob"))
    path = written(tmp_path, VERSION, ann, bob, user("eve"))
    (tmp_path / "data/users/ann1").mkdir(parents=True)
    (tmp_path / "data/users/ann1/profile.png").write_bytes(b"png")

    assert pictures(read(path)) == {"ann": b"png"}


def test_files_are_opened_from_a_zip_and_from_beside_the_lines(tmp_path: Path) -> None:
    attached = post("see", attachments=[{"path": "2026/x/a b.txt"}, {"path": "2026/x/gone.txt"}, {"path": None}])
    path = written(tmp_path, *BEGIN, attached)
    (tmp_path / "data/2026/x").mkdir(parents=True)
    (tmp_path / "data/2026/x/a b.txt").write_bytes(b"text")
    beside = {"in a folder/data/2026/x/a b.txt": b"text", "__MACOSX/._import.jsonl": b""}
    zipped = zip_of(tmp_path / "export.zip", {"in a folder/import.jsonl": path.read_bytes(), **beside})

    assert contents(read, path) == contents(read, zipped) == {"a b.txt": b"text", "gone.txt": None}


def test_lines_of_unknown_types_are_counted(tmp_path: Path) -> None:
    got = brought(tmp_path, {"type": "role", "role": {}}, {"type": "weather", "weather": {"rain": True}}, post("hi"))

    assert (got.left, got.texts) == ({"lines of the type “weather”": 1}, ["hi"])


def test_what_is_no_bulk_export_is_refused_in_a_sentence(tmp_path: Path) -> None:
    broken, other, empty = (tmp_path / name for name in ("broken.jsonl", "a.jsonl", "b.jsonl"))
    broken.write_text(json.dumps(VERSION) + '\n{"type":"post","post":{"user"')
    other.write_text('{"type":"team"}\n')
    empty.write_bytes(b"")
    zipped = zip_of(tmp_path / "c.zip", {"a.txt": b""})

    assert refusal(read, broken).startswith("Line 2 is not as Mattermost's bulk export writes it: ")
    assert refusal(read, other) == "The first line has no version: it is no bulk export of Mattermost."
    assert refusal(read, empty) == "The export is empty."
    assert refusal(read, zipped) == "c.zip has no import.jsonl: it is no bulk export of Mattermost."


def test_reactions_keep_their_times_and_pins_and_second_descriptions_are_counted(tmp_path: Path) -> None:
    given = [
        {"user": "bob", "create_at": AT + 2, "emoji_name": "+1"},
        {"user": "bob", "create_at": AT + 9, "emoji_name": "thumbsup"},
        {"user": "ann", "create_at": AT + 1, "emoji_name": "tada"},
        {"user": "ann", "emoji_name": "heart"},
    ]

    den = channel("den", header="Food \ue000ann\ue001", purpose="All about food")

    got = brought(tmp_path, den, post("a", reactions=given, is_pinned=True))

    assert {(each.emoji, each.person, each.at) for each in got.message("a").reactions} == {
        ("👍", "bob", datetime(2019, 3, 21, 11, 8, 32, 495_000, tzinfo=UTC)),
        ("🎉", "ann", datetime(2019, 3, 21, 11, 8, 32, 494_000, tzinfo=UTC)),
        ("❤️", "ann", None),
    }
    assert {room.topic for room in got.rooms.values()} == {"", "Food ann"}
    assert got.left == {"pins of messages": 1, "descriptions of rooms that have a topic, too": 1}
