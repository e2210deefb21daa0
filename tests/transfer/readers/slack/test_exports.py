"""Whole exports of Slack and slackdump: people, rooms, folders, and what is none."""

import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.transfer import mentions
from app.transfer.readers.slack import read
from app.transfer.records import BadExport, Message
from tests.transfer.readers.slack.exports import (
    ALICE,
    BOB,
    GENERAL,
    TS,
    Records,
    files_of,
    records_of,
    said,
    write,
    zipped,
)


def test_a_zip_and_a_folder_are_the_same_also_in_a_folder_of_the_zip(tmp_path: Path) -> None:
    files = files_of([said()])
    below = {f"My export/{name}": content for name, content in files.items()}
    waste = {"__MACOSX/My export/users.json": b"\x00", "My export/.DS_Store": b"x"}

    found = [
        [*read(write(tmp_path / "folder", files))],
        [*read(zipped(tmp_path / "x.zip", files))],
        [*read(zipped(tmp_path / "y.zip", {**waste, **below}))],
    ]

    assert found[0] == found[1] == found[2]
    assert len(found[0]) == 4


def test_each_kind_of_conversation_is_a_room(tmp_path: Path) -> None:
    files = files_of(
        [],
        **{
            "channels.json": [{**GENERAL, "topic": {"value": "all"}, "purpose": {"value": "talk"}, "members": None}],
            "groups.json": [
                {"id": "G1", "name": "plans", "created": "1500000000", "is_archived": True, "members": ["U1"]}
            ],
            "mpims.json": [{"id": "G2", "name": "mpdm-alice--bob-1", "created": "x", "members": ["U1", "U2", "U1"]}],
            "dms.json": [{"id": "D1", "created": 1_500_000_000, "members": ["U1", "U1"]}],
            "plans/2023-11-14.json": [said("closed")],
            "mpdm-alice--bob-1/2023-11-14.json": [said("group")],
            "D1/2023-11-14.json": [said("self")],
        },
    )

    found = Records(read(write(tmp_path, files)))

    assert [
        (each.key, each.kind, each.name, each.topic, each.members, each.is_archived) for each in found.rooms.values()
    ] == [
        ("C1", "open", "general", "all", (), False),
        ("G1", "closed", "plans", "", ("U1",), True),
        ("G2", "direct", "", "", ("U1", "U2"), False),
        ("D1", "direct", "", "", ("U1",), False),
    ]
    july = datetime(2017, 7, 14, 2, 40, tzinfo=UTC)
    assert [each.created_at for each in found.rooms.values()] == [july, july, None, july]
    assert [(each.room, each.text) for each in found.messages] == [("G1", "closed"), ("G2", "group"), ("D1", "self")]


def test_lists_of_slackdump_hold_every_kind(tmp_path: Path) -> None:
    channels = [
        {"id": "C2", "name": "secret", "is_private": True},
        {"id": "D2", "is_im": True, "user": "U2"},
        {"id": "C3", "name": "mpdm-x", "is_mpim": True, "is_private": True},
    ]

    found = records_of(tmp_path, channels__json=channels)

    assert [(each.kind, each.members) for each in found.rooms.values() if each.key in {"C2", "C3", "D2"}] == [
        ("closed", ()),
        ("direct", ("U2",)),
        ("closed", ()),
    ]


def test_of_a_conversation_of_two_that_names_the_other_alone_who_wrote_is_a_member(tmp_path: Path) -> None:
    channels = [{"id": "D2", "is_im": True, "user": "U2"}]

    found = records_of(tmp_path, channels__json=channels, **{"D2/2023-11-14__json": [said(), said(ts="1700000001.0")]})

    assert found.rooms["D2"].members == ("U2", "U1")


def test_people_have_the_name_that_others_see_and_keep_their_kind(tmp_path: Path) -> None:
    users = [
        ALICE,
        BOB,
        {"id": "U3", "name": "carol", "real_name": "Carol", "deleted": True, "profile": {}, "is_admin": True},
        {"id": "U4", "name": "hubot", "is_bot": True, "profile": {"real_name": "Hubot"}},
        {"id": "U5", "name": "eve", "is_stranger": True, "profile": None},
        {"name": "without an id"},
    ]

    found = records_of(tmp_path, users__json=users)

    assert [(each.key, each.login, each.name, each.email, each.kind) for each in found.people.values()] == [
        ("U1", "alice", "Alice", "alice@example.org", "person"),
        ("U2", "bob", "Bob Hope", None, "person"),
        ("U3", "carol", "Carol", None, "gone"),
        ("U4", "hubot", "Hubot", None, "bot"),
        ("U5", "eve", "", None, "gone"),
    ]
    assert not any(each.is_admin for each in found.people.values())
    assert found.left_out == {"people without an id": 1}


def test_an_organisation_has_people_at_the_top_and_rooms_in_teams(tmp_path: Path) -> None:
    files = {
        "org_users.json": [ALICE],
        "dms.json": [{"id": "D1", "members": ["U1", "U2"]}],
        "D1/2023-11-14.json": [said("direct")],
        "teams/East/users.json": [ALICE, BOB],
        "teams/East/channels.json": [GENERAL],
        "teams/East/general/2023-11-14.json": [said("east")],
        "teams/West/channels.json": [{**GENERAL, "id": "C2"}],
        "teams/West/general/2023-11-14.json": [said("west")],
    }

    found = Records(read(write(tmp_path, files)))

    assert [*found.people] == ["U1", "U2"]
    assert [(each.room, each.text) for each in found.messages] == [("D1", "direct"), ("C1", "east"), ("C2", "west")]


def test_a_folder_that_is_in_no_list_is_a_closed_room_of_its_authors(tmp_path: Path) -> None:
    found = records_of(
        tmp_path, **{"lost/2023-11-14__json": [said(user="U2")], "FC:F1:canvas/2023-11-14__json": [{"id": "F1"}]}
    )

    assert [(each.key, each.kind, each.members) for each in found.rooms.values()][1:] == [("lost", "closed", ("U2",))]
    assert [each.room for each in found.messages] == ["lost"]


def test_names_of_folders_are_read_in_whatever_form(tmp_path: Path) -> None:
    composed, split = "k\u00f6nig", "ko\u0308nig"

    found = records_of(
        tmp_path,
        **{"channels__json": [{**GENERAL, "name": composed}], f"{split}/2023-11-14__json": [said("hi")]},
    )

    assert [(each.room, each.text) for each in found.messages] == [("C1", "hi")]


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"x/slackdump.sqlite": b"SQLite"}, "is an archive of slackdump's: bring in what “slackdump convert” makes"),
        ({"result.json": {}}, "is no export of Slack: there is neither a users.json nor a channels.json"),
        ({"users.json": [ALICE], "channels.json": []}, "is an empty export"),
        ({"users.json": b"[{", "channels.json": [GENERAL]}, r"users\.json is no JSON"),
        (files_of([], **{"general/2023-11-14.json": b"[{]"}), r"general/2023-11-14\.json is no JSON"),
        (files_of([], **{"general/2023-11-14.json": {"messages": 1}}), r"2023-11-14\.json has no list of messages"),
    ],
)
def test_what_is_no_export_is_one_sentence(tmp_path: Path, files: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadExport, match=sentence):
        list(read(zipped(tmp_path / "x.zip", files)))


def test_a_dump_of_slackdump_has_answers_in_their_messages(tmp_path: Path) -> None:
    reply = said("answer", "1700000001.000100", user="U2", thread_ts=TS, files=[{"id": "F1", "name": "a.txt"}])
    root = said("root", TS, thread_ts=TS, slackdump_thread_replies=[reply])
    files = {
        "CHY5HUESG.json": {"channel_id": "CHY5HUESG", "name": "plans", "messages": [root]},
        "DHY5HUESG.json": {"channel_id": "DHY5HUESG", "messages": [said("direct", user="U2")]},
        "CHY5HUESG/F1-a.txt": b"text",
    }

    found = Records(read(zipped(tmp_path / "dump.zip", files)))

    assert [(each.key, each.kind, each.name, each.members) for each in found.rooms.values()] == [
        ("CHY5HUESG", "closed", "plans", ("U1", "U2")),
        ("DHY5HUESG", "direct", "", ("U2",)),
    ]
    assert [(each.text, each.reply_to) for each in found.messages] == [
        ("root", None),
        ("answer", TS),
        ("direct", None),
    ]
    assert found.messages[1].files[0].open is not None


@pytest.mark.parametrize("people", [{}, {"dump/users.json": [ALICE]}])
def test_threads_that_were_dumped_are_in_one_room_with_their_conversation(tmp_path: Path, people: Any) -> None:
    def dumped(*messages: Any, **more: str) -> dict[str, Any]:
        return {"channel_id": "CHY5HUESG", "messages": messages, **more}

    later = "1700000002.000100"
    files = {
        f"dump/CHY5HUESG-{TS}.json": dumped(said("root"), said("answer", later, user="U2", thread_ts=TS), thread_ts=TS),
        "dump/CHY5HUESG-1700000001.000100.json": dumped(said("other", "1700000001.000100"), name="plans"),
        "dump/CHY5HUESG/F1-a.txt": b"text",
    }

    found = Records(read(zipped(tmp_path / "x.zip", files | people)))

    assert [(each.key, each.name, each.members) for each in found.rooms.values()] == [
        ("CHY5HUESG", "plans", ("U1", "U2"))
    ]
    assert {each.text: each.reply_to for each in found.messages} == {"root": None, "answer": TS, "other": None}


def test_memory_holds_one_day_at_a_time(tmp_path: Path) -> None:
    day = [said("word " * 20, f"17{n:08}.000100") for n in range(2_000)]
    path = zipped(tmp_path / "x.zip", files_of(day, **{f"general/2024-01-{n:02}.json": day for n in range(1, 20)}))
    records = read(path)

    first = peak_of(records, 4_000)
    rest = peak_of(records, 40_000)

    assert rest < 1.5 * first


def peak_of(records: Iterator[Any], count: int) -> int:
    tracemalloc.start()
    try:
        for _, record in zip(range(count), records, strict=False):
            assert not isinstance(record, Message) or record.author == "U1"
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_second_reading_finds_the_same(tmp_path: Path) -> None:
    path = write(tmp_path, files_of([said(ts=TS), said("reply", "1700000001.000100", thread_ts=TS)]))

    assert [*read(path)] == [*read(path)]


def test_names_and_topics_are_decoded_as_texts_are(tmp_path: Path) -> None:
    topic = "R&amp;D of <@U1>, see <https://example.org|there> and <#C1|> :tada:"
    users = [ALICE, {"id": "U2", "name": "bob", "profile": {"real_name": "Bob &amp; Co"}}]
    by_program = said(user=None, bot_id="B1", username="CI &lt;3", subtype="bot_message")

    found = records_of(tmp_path, by_program, users__json=users, channels__json=[{**GENERAL, "topic": {"value": topic}}])

    assert [each.name for each in found.people.values()] == ["Alice", "Bob & Co", "CI <3"]
    assert found.rooms["C1"].topic == (
        f"R&D of {mentions.person('U1')}, see there (https://example.org) and {mentions.room('C1')} 🎉"
    )


def test_a_conversation_of_several_without_a_list_of_them_is_no_direct_room_of_those_who_wrote(tmp_path: Path) -> None:
    several = {"id": "G1", "name": "mpdm-alice--bob--carol-1", "members": None}

    found = records_of(
        tmp_path,
        mpims__json=[several],
        dms__json=[{"id": "D1"}],
        **{"mpdm-alice--bob--carol-1/2023-11-14__json": [said()], "D1/2023-11-14__json": [said(), said(user="U2")]},
    )

    assert [(each.kind, each.name, each.members) for each in found.rooms.values()][1:] == [
        ("closed", "mpdm-alice--bob--carol-1", ("U1",)),
        ("direct", "", ("U1", "U2")),
    ]


def test_a_picture_keeps_what_it_shows_in_words_and_a_post_how_it_begins(tmp_path: Path) -> None:
    files = [
        {"id": "F1", "name": "a.png", "alt_txt": "A cat"},
        {"id": "F2", "name": "Notes", "mode": "space", "preview": "First *line*\n"},
    ]

    found = records_of(tmp_path, said("see", files=files))

    assert found.texts == ["see\n> First \u2060*line*"]
    assert [each.alt for each in found.messages[0].files] == ["A cat", ""]
