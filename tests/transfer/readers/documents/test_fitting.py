"""One odd value costs an export no more than the smallest part that cannot be without it, and is counted."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bson
import msgspec
import pytest

from app.transfer.readers import discord, mattermost, rocketchat, slack, telegram, zulip
from app.transfer.readers.fitting import Fitting, why_none
from app.transfer.records import LeftOut
from tests.transfer.readers import test_discord, test_mattermost, test_rocketchat, test_telegram, test_zulip
from tests.transfer.readers.reading import Brought, Read, refusal


def _discord(folder: Path, *odd: Any) -> Path:
    some = (test_discord.posted(n, f"{n}") for n in (1, 2))
    return test_discord.export(folder, "a.json", test_discord.GENERAL, *some, *odd)


def _mattermost(folder: Path, *odd: Any) -> Path:
    some = (test_mattermost.post(f"{n}", create_at=n) for n in (1, 2))
    return test_mattermost.written(folder, *test_mattermost.BEGIN, *some, *odd)


def _telegram(folder: Path, *odd: Any) -> Path:
    some = (test_telegram.posted(n, f"{n}") for n in (1, 2))
    return test_telegram.written(folder, test_telegram.chat(*some, *odd))


def _zulip(folder: Path, *odd: Any) -> Path:
    return test_zulip.written(folder, *(test_zulip.posted(n, f"{n}") for n in (1, 2)), *odd)


def _rocketchat(folder: Path, *odd: Any) -> Path:
    return test_rocketchat.written(folder, *(test_rocketchat.posted(f"{n}", f"{n}") for n in (1, 2)), *odd)


def _slack(folder: Path, *odd: Any) -> Path:
    (folder / "general").mkdir()
    (folder / "users.json").write_text(json.dumps([{"id": "U1", "name": "ann"}, None, {"id": 7}]))
    (folder / "channels.json").write_text(json.dumps([{"id": "C1", "name": "general"}]))
    some = [{"ts": f"155316651{n}.000100", "user": "U1", "text": f"{n}", "type": "message"} for n in (1, 2)]
    (folder / "general/2019-03-21.json").write_text(json.dumps([*some, *odd]))
    return folder


Write = Callable[..., Path]
ODD = "is missing or of another type"
CASES: dict[str, tuple[Read, Write, list[Any], list[str], dict[str, int]]] = {
    "discord": (
        discord.read,
        _discord,
        [
            test_discord.posted(3, "odd", author=None),
            test_discord.posted(4, "4", timestampEdited=5, mentions=[None, test_discord.BOB]),
            test_discord.posted(5, "5", reactions=[{"emoji": "x", "count": 2}, {"emoji": {"name": "👍"}, "count": {}}]),
            test_discord.posted(6, ["a list"]),  # type: ignore[arg-type]
            "no message",
        ],
        ["1", "2", "4", "5"],
        {
            f"messages whose “author” {ODD}": 1,
            f"parts of messages, whose “timestampEdited” {ODD}": 1,
            f"parts of messages, whose “mentions” {ODD}": 1,
            f"parts of messages, whose “reactions.emoji” {ODD}": 1,
            f"parts of messages, whose “reactions.count” {ODD}": 1,
            f"parts of messages, whose “content” {ODD}": 1,
            "polls and others without a text": 1,
            "messages that are no objects": 1,
        },
    ),
    "mattermost": (
        mattermost.read,
        _mattermost,
        [
            test_mattermost.post("odd", user=None),
            test_mattermost.post("3", replies=[{"user": "bob", "message": "odd", "create_at": "now"}, 7], create_at=3),
            test_mattermost.post("4", edit_at="never", reactions=[None, {"user": "bob", "emoji_name": "tada"}]),
            test_mattermost.post("odd", channel=["town"]),
            test_mattermost.direct_post("odd", ["ann", 7]),  # type: ignore[list-item]
            {"type": "user", "user": {"username": 7}},
            {"type": ["post"]},
            5,
        ],
        ["1", "2", "3", "4"],
        {
            f"posts whose “post.user” {ODD}": 1,
            f"parts of posts, whose “post.replies.create_at” {ODD}": 1,
            f"parts of posts, whose “post.replies” {ODD}": 1,
            f"parts of posts, whose “post.edit_at” {ODD}": 1,
            f"parts of posts, whose “post.reactions” {ODD}": 1,
            f"parts of posts, whose “post.channel” {ODD}": 1,
            "posts without a room": 1,
            f"parts of direct messages, whose “direct_post.channel_members” {ODD}": 1,
            "direct messages whose people the export does not have": 1,
            f"people whose “user.username” {ODD}": 1,
            f"lines whose “type” {ODD}": 1,
            "lines that are no objects": 1,
        },
    ),
    "telegram": (
        telegram.read,
        _telegram,
        [
            test_telegram.posted("3", "odd"),  # type: ignore[arg-type]
            test_telegram.posted(4, ["4", {"type": "bold", "text": 7}, 8], edited=[]),
            test_telegram.posted(5, {"a": "text"}),
            test_telegram.posted(6, "6", reactions=[None, {"type": "emoji", "count": "many", "emoji": "👍"}]),
            None,
        ],
        ["1", "2", "4", "6"],
        {
            f"messages whose “id” {ODD}": 1,
            f"parts of messages, whose “text.text” {ODD}": 1,
            f"parts of messages, whose “text” {ODD}": 2,
            f"parts of messages, whose “edited” {ODD}": 1,
            "messages without a text": 1,
            f"parts of messages, whose “reactions” {ODD}": 1,
            f"parts of messages, whose “reactions.count” {ODD}": 1,
            "messages that are no objects": 1,
        },
    ),
    "zulip": (
        zulip.read,
        _zulip,
        [
            test_zulip.posted(3, "odd", sender=None),
            test_zulip.posted(4, "4", last_edit_time="now", subject=7),
            test_zulip.posted(5, "odd", date_sent="now"),
            [],
        ],
        ["1", "2", "4"],
        {
            f"messages whose “sender” {ODD}": 1,
            f"parts of messages, whose “last_edit_time” {ODD}": 1,
            f"parts of messages, whose “subject” {ODD}": 1,
            f"parts of messages, whose “date_sent” {ODD}": 1,
            "messages without a time": 1,
            "messages that are no objects": 1,
        },
    ),
    "rocketchat": (
        rocketchat.read,
        _rocketchat,
        [
            test_rocketchat.posted("3", "odd", ts="now"),
            test_rocketchat.posted("4", "4", mentions=[7], reactions={":tada:": 1, ":+1:": {"usernames": ["bob", 7]}}),
        ],
        ["1", "2", "4"],
        {
            f"parts of messages, whose “ts” {ODD}": 1,
            "messages without a time or a room": 1,
            f"parts of messages, whose “mentions” {ODD}": 1,
            f"parts of messages, whose “reactions” {ODD}": 1,
            f"parts of messages, whose “reactions.usernames” {ODD}": 1,
        },
    ),
    "slack": (
        slack.read,
        _slack,
        [None, "no message", {"ts": "1553166519.000100", "user": None, "text": "9"}],
        ["1", "2", "9"],
        {"entries that are no messages, for they have no time": 2, "people without an id": 2},
    ),
}


@pytest.mark.parametrize("form", CASES)
def test_odd_values_are_left_out_and_counted_and_the_rest_comes(form: str, tmp_path: Path) -> None:
    read, written, odd, texts, left = CASES[form]

    got = Brought(read(written(tmp_path / "in" if form in ("zulip", "rocketchat") else tmp_path, *odd)))

    assert (got.texts, got.left) == (texts, left)


NONE_FITS = {
    "discord": lambda folder: test_discord.export(folder, "a.json", test_discord.GENERAL, {"text": "a"}, {"text": "b"}),
    "mattermost": lambda folder: test_mattermost.written(folder, *test_mattermost.BEGIN, {"type": "post", "post": {}}),
    "telegram": lambda folder: test_telegram.written(folder, test_telegram.chat({"text": "a"})),
    "zulip": lambda folder: test_zulip.written(folder / "in", {"text": "a"}),
}


@pytest.mark.parametrize("form", NONE_FITS)
def test_an_export_of_which_no_message_fits_is_refused_in_a_sentence(form: str, tmp_path: Path) -> None:
    sentence = refusal(CASES[form][0], NONE_FITS[form](tmp_path))

    assert f"is not as {'DiscordChatExporter' if form == 'discord' else form.capitalize()}" in sentence
    assert sentence.endswith(f"{ODD}.")


def test_a_room_whose_kind_is_odd_is_closed(tmp_path: Path) -> None:
    stream, channel = test_zulip.stream(5, "general", invite_only=None), test_mattermost.channel("den", type=["P"])

    rooms = Brought(zulip.read(test_zulip.written(tmp_path / "in", zerver_stream=[stream]))).rooms
    rooms |= Brought(mattermost.read(test_mattermost.written(tmp_path, test_mattermost.VERSION, channel))).rooms

    assert {key: room.kind for key, room in rooms.items()} == {"stream 5": "closed", "acme/den": "closed"}


def test_chats_of_telegram_s_that_are_odd_cost_no_other(tmp_path: Path) -> None:
    chats = [
        test_telegram.chat(test_telegram.posted(1, "odd"), id="x"),
        7,
        {"type": "personal_chat"},
        test_telegram.chat(test_telegram.posted(1, "a"), name=8),
    ]

    got = Brought(
        telegram.read(test_telegram.written(tmp_path, {"personal_information": [], "chats": {"list": chats}}))
    )

    assert (got.texts, got.rooms["500"].kind) == (["a"], "closed")
    assert got.left == {
        "accounts that are no objects": 1,
        "chats without an id in front of their messages": 3,
        f"parts of chats, whose “id” {ODD}": 1,
        f"parts of chats, whose “name” {ODD}": 1,
    }


def test_a_channel_of_discord_s_that_is_odd_costs_no_other(tmp_path: Path) -> None:
    _discord(tmp_path)
    odd = {**test_discord.GENERAL, "id": 7}
    test_discord.export(tmp_path, "b.json", odd, test_discord.posted(9, "odd"))

    got = Brought(discord.read(tmp_path))

    assert (got.texts, got.left) == (["1", "2"], {f"channels whose “id” {ODD}": 1})


class Inner(msgspec.Struct):
    key: int
    name: str = ""


class Outer(msgspec.Struct, rename="camel"):
    one_key: str
    by_name: dict[str, Inner] | None = None
    some: list[Inner | str] = []
    inner: Inner | None = None
    whole: tuple[int, ...] = ()


@pytest.mark.parametrize(
    ("document", "fits", "left"),
    [
        ({"oneKey": "a", "other": 1}, Outer("a"), {}),
        ({"oneKey": "a", "whole": [1, "x"]}, Outer("a"), {"whole": 1}),
        (
            {"oneKey": "a", "byName": {"x": {"key": 1, "name": None}, "y": {}}, "inner": {"key": None}},
            Outer("a", {"x": Inner(1)}),
            {"byName.name": 1, "byName.key": 1, "inner.key": 1},
        ),
        (
            {"oneKey": "a", "some": ["b", {"key": 2}, 3, {"name": "c"}, [], {"key": 4, "name": 5}]},
            Outer("a", some=["b", Inner(2), Inner(4)]),
            {"some": 2, "some.key": 1, "some.name": 1},
        ),
    ],
)
def test_the_smallest_part_is_left_out(document: Any, fits: Outer, left: dict[str, int]) -> None:
    expected = {f"parts of things, whose “{field}” {ODD}": count for field, count in left.items()}
    fitting = Fitting("things", Outer)

    assert fitting.decoded(msgspec.json.encode(document)) == fitting.converted(document) == fits
    assert {each.what: each.count for each in fitting.left_out()} == {
        what: 2 * count for what, count in expected.items()
    }
    assert why_none(fitting) == ""


def test_what_cannot_be_without_the_part_goes_as_a_whole() -> None:
    fitting, other = Fitting("things", Outer), Fitting("others", Inner)

    assert [fitting.decoded(each) for each in (b"{}", b"[]", rb'{"oneKey":7,"by":"\ud83d"}')] == [None] * 3
    assert [*fitting.left_out()] == [
        LeftOut(f"things whose “oneKey” {ODD}", 2),
        LeftOut("things that are no objects"),
    ]
    assert why_none(other, fitting) == f"there are things whose “oneKey” {ODD}"
    other.converted({"key": 1})
    assert why_none(other, fitting) == why_none() == ""


def test_what_is_no_json_is_refused() -> None:
    for broken in (b'{"oneKey":7', b'{"oneKey":', rb'{"oneKey":7,"x":"\ud83d'):
        with pytest.raises(msgspec.DecodeError):
            Fitting("things", Outer).decoded(broken)


def test_a_collection_s_document_may_have_what_no_json_has() -> None:
    assert Fitting("things", Outer).converted({"oneKey": "a", "inner": bson.ObjectId()}) == Outer("a")
