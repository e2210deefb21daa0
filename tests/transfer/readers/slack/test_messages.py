"""What becomes of Slack's messages: order, threads, authors, reactions, files."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.transfer.records import File, Reaction
from tests.transfer.readers.slack.exports import GENERAL, TS, files_of, records_of, rich, said, section, text, write


def test_the_time_is_exact_and_does_not_come_from_the_name_of_the_file(tmp_path: Path) -> None:
    first, second = "1700000000.000005", "1700000000.000006"

    found = records_of(tmp_path, said("b", second), said("a", first))

    assert [(each.key, each.at) for each in found.messages] == [
        (second, datetime(2023, 11, 14, 22, 13, 20, 6, tzinfo=UTC)),
        (first, datetime(2023, 11, 14, 22, 13, 20, 5, tzinfo=UTC)),
    ]


def test_replies_name_their_parent_wherever_it_is_and_broadcasts_are_one_message(tmp_path: Path) -> None:
    root = said("root", TS, thread_ts=TS, reply_count=2, replies=[{"user": "U2", "ts": "1700090000.000100"}])
    reply = said("reply", "1700090000.000100", thread_ts=TS)
    broadcast = said("also", "1700090001.000100", thread_ts=TS, subtype="thread_broadcast", root=root)
    orphan = said("orphan", "1700090002.000100", thread_ts="1600000000.000100")

    found = records_of(tmp_path, root, **{"general/2023-11-15__json": [reply, broadcast, orphan]})

    assert [(each.text, each.reply_to) for each in found.messages] == [
        ("root", None),
        ("reply", TS),
        ("also", TS),
        ("orphan", "1600000000.000100"),
    ]


def test_a_deleted_parent_and_an_edit_are_marked(tmp_path: Path) -> None:
    gone = said("This message was deleted.", user="USLACKBOT", subtype="tombstone", thread_ts=TS)
    edited = said("new", "1700000001.000100", edited={"user": "U1", "ts": "1700000300.000000"})

    found = records_of(tmp_path, gone, edited)

    assert [(each.text, each.is_deleted, each.edited_at) for each in found.messages] == [
        ("", True, None),
        ("new", False, datetime(2023, 11, 14, 22, 18, 20, tzinfo=UTC)),
    ]


def test_bots_and_people_of_no_list_are_described_by_their_messages(tmp_path: Path) -> None:
    found = records_of(
        tmp_path,
        said("by a person", bot_id=None),
        said("by an app", user=None, bot_id="B1", username="deploys", subtype="bot_message"),
        said("by the same app", user=None, bot_id="B1", username="alerts", subtype="bot_message"),
        said("by another", user=None, bot_id="B2", bot_profile={"name": "Jira"}),
        said("by Slack", user="USLACKBOT"),
        said("by a guest", user="U9", user_profile={"display_name": "", "real_name": "Gil", "name": "gil"}),
        said("by nobody", user=None),
        said("to <@U8|dora>", user="U00"),
    )

    assert [each.author for each in found.messages] == [
        *("U1", "B1/deploys", "B1/alerts", "B2", "USLACKBOT", "U9", "nobody", "U00")
    ]
    assert [(each.key, each.login, each.name, each.kind) for each in found.people.values()] == [
        ("U1", "alice", "Alice", "person"),
        ("U2", "bob", "Bob Hope", "person"),
        ("B1/deploys", "", "deploys", "bot"),
        ("B1/alerts", "", "alerts", "bot"),
        ("B2", "", "Jira", "bot"),
        ("USLACKBOT", "slackbot", "Slackbot", "bot"),
        ("U9", "gil", "Gil", "gone"),
        ("U8", "", "dora", "gone"),
    ]


@pytest.mark.parametrize(
    "subtype",
    [
        *("channel_join", "channel_leave", "channel_topic", "channel_purpose", "channel_name", "channel_archive"),
        *("group_join", "group_archive", "bot_add", "pinned_item"),
    ],
)
def test_joins_and_topics_are_left_out_whatever_their_language(tmp_path: Path, subtype: str) -> None:
    found = records_of(tmp_path, said("hat den Channel betreten", subtype=subtype), said("has joined the channel"))

    assert found.texts == ["has joined the channel"]
    assert found.left_out == {"joins, topics and other messages that Slack wrote by itself": 1}


def test_what_people_do_is_no_message_of_slack(tmp_path: Path) -> None:
    found = records_of(
        tmp_path,
        said("waves", subtype="me_message"),
        said("A huddle happened", user="USLACKBOT", subtype="huddle_thread", room={"created_by": "U2"}),
        said(
            "<@U2> commented on <@U1>'s file <https://x.slack.com/f|f>: nice",
            user=None,
            subtype="file_comment",
            comment={"user": "U2", "comment": "nice *one*"},
        ),
        said("of a kind to come", subtype="something_new"),
    )

    assert [(each.author, each.text) for each in found.messages] == [
        ("U1", "_waves_"),
        ("U2", "A huddle happened"),
        ("U2", "nice **one**"),
        ("U1", "of a kind to come"),
    ]


def test_reactions_are_emoji_one_a_person(tmp_path: Path) -> None:
    reactions = [
        {"name": "+1", "users": ["U1", "U2"], "count": 2},
        {"name": "+1::skin-tone-3", "users": ["U1", "U7"], "count": 5},
        {"name": "heart", "users": ["U1"], "count": 1},
        {"name": "flag-ua", "users": ["U1"], "count": 1},
        {"name": "party_of_ours", "users": ["U1", "U2"], "count": 2},
    ]

    found = records_of(tmp_path, said(reactions=reactions))

    assert found.messages[0].reactions == (
        Reaction("👍", "U1"),
        Reaction("👍", "U2"),
        Reaction("👍🏼", "U7"),
        Reaction("❤️", "U1"),
        Reaction("🇺🇦", "U1"),
    )
    assert found.left_out == {
        "reactions whose people the export does not name": 3,
        "reactions with pictures that the workspace made": 2,
    }


SECRET = "https://files.slack.com/files-pri/T1-F1/a.png?t=xoxe-1-2-3"


def test_files_come_from_where_slackdump_keeps_them(tmp_path: Path) -> None:
    files = [
        {"id": "F1", "name": "a.png", "mimetype": "image/png", "url_private": SECRET},
        {"id": "F2", "name": "b/c.txt", "mode": "hosted"},
        {"id": "F3", "name": "nowhere.txt"},
        {"id": "F4", "mode": "tombstone"},
        {"id": "F5", "mode": "hidden_by_limit"},
    ]
    made = {"__uploads/F1/a.png": b"png", "general/attachments/F2-b_c.txt": b"text"}
    found = records_of(write(tmp_path, made), said("see", files=files), said("old", file=files[0]))

    assert [(file.name, file.media_type, content(file)) for file in found.messages[0].files] == [
        ("a.png", "image/png", b"png"),
        ("b/c.txt", "", b"text"),
        ("nowhere.txt", "", None),
    ]
    assert [content(file) for file in found.messages[1].files] == [b"png"]
    assert found.left_out == {
        "files that were deleted in Slack": 1,
        "files that Slack's free plan hides": 1,
    }


def test_what_the_export_says_of_a_file_that_it_does_not_have_stands_in_the_text(tmp_path: Path) -> None:
    snippet = {"id": "F1", "name": "a.py", "mode": "snippet", "preview": "x *= 1\r\ny", "lines_more": 3}
    mail = {
        "id": "F2",
        "title": "Lunch",
        "mode": "email",
        "from": [{"original": "Eve <eve@example.org>", "address": "eve@example.org"}],
        "plain_text": "At *one*?\n\nEve\n",
        "preview": "<div>At <b>one</b>?</div>",
    }
    canvas = {"id": "F3", "name": "Untitled", "title": "Weekly sync", "mode": "quip", "preview": "x"}
    kept = {**snippet, "id": "F4", "name": "b.py"}
    path = write(tmp_path, {"__uploads/F4/b.py": b"x *= 1"})

    found = records_of(path, said("see", files=[snippet, canvas]), said("", files=[mail]), said("kept", files=[kept]))

    assert found.texts == [
        "see\n```\nx *= 1\r\ny\n```",
        "> **Eve <eve@example.org>**\n> At \u2060*one*?\n>\n> Eve",
        "kept",
    ]
    assert [[file.name for file in each.files] for each in found.messages] == [
        ["a.py", "Weekly sync"],
        ["Lunch"],
        ["b.py"],
    ]


def test_a_message_that_is_shared_comes_with_its_blocks_and_its_files(tmp_path: Path) -> None:
    listed = {"type": "rich_text_list", "style": "bullet", "elements": [section(text("one")), section(text("two"))]}
    there = {"team": "T1", "channel": "C9", "ts": TS, "message": {"blocks": rich(section(text("to do")), listed)}}
    shared = {
        "is_share": True,
        "from_url": "https://x.slack.com/archives/C9/p1",
        "author_name": "Bob",
        "text": "to do\n• one\n• two",
        "message_blocks": [there],
        "files": [{"id": "F1", "name": "a.png"}],
    }
    preview = {"from_url": "https://example.org", "text": "a page", "files": [{"id": "F2", "name": "b.png"}]}
    path = write(tmp_path, {"__uploads/F1/a.png": b"png"})

    found = records_of(
        path, said("look", attachments=[shared]), said("", attachments=[shared]), said("see", attachments=[preview])
    )

    assert found.texts == ["look\n**Bob**\nto do\n- one\n- two", "**Bob**\nto do\n- one\n- two", "see"]
    assert [[(file.name, content(file)) for file in each.files] for each in found.messages] == [
        [("a.png", b"png")],
        [("a.png", b"png")],
        [],
    ]


def test_pictures_of_people_come_from_where_slackdump_keeps_them(tmp_path: Path) -> None:
    found = records_of(write(tmp_path, {"__avatars/U1/1234_abcd_original.jpg": b"jpeg"}), said())

    avatars = {person.key: person.avatar for person in found.people.values() if person.avatar}
    assert [*avatars] == ["U1"]
    with avatars["U1"]() as opened:
        assert opened.read() == b"jpeg"


def content(file: File) -> bytes | None:
    if file.open is None:
        return None
    with file.open() as opened:
        return opened.read()


def test_tokens_are_taken_out_of_addresses(tmp_path: Path) -> None:
    outside = {"mode": "external", "title": "Plan", "url_private": "https://docs.example.org/x?a=1&t=xoxe-9"}

    found = records_of(
        tmp_path,
        said(f"see <{SECRET}|the file> and <{SECRET}&amp;b=2>"),
        said(f"`<{SECRET}>`"),
        said("", blocks=rich(section({"type": "link", "url": SECRET}))),
        said("plan", files=[outside]),
    )

    assert found.texts == [
        "see [the file](https://files.slack.com/files-pri/T1-F1/a.png) and "
        "https://files.slack.com/files-pri/T1-F1/a.png?b=2",
        "`https://files.slack.com/files-pri/T1-F1/a.png`",
        "https://files.slack.com/files-pri/T1-F1/a.png",
        "plan\n[Plan](https://docs.example.org/x?a=1)",
    ]


def test_previews_of_links_are_no_content_but_what_bots_attach_is(tmp_path: Path) -> None:
    preview = {"from_url": "https://example.org", "title": "Example", "text": "A page"}
    attached = {
        "pretext": "Build",
        "title": "main",
        "title_link": "https://ci.example.org/1",
        "text": "failed & <https://ci.example.org/2|log>",
        "fields": [{"title": "By", "value": "*alice*"}],
        "fallback": "not this",
    }

    found = records_of(
        tmp_path,
        said("<https://example.org>", attachments=[preview]),
        said("", user=None, bot_id="B1", attachments=[attached]),
        said("", user=None, bot_id="B1", attachments=[{"fallback": "this"}]),
        said("look", attachments=[{**preview, "is_share": True, "author_name": "Bob", "text": "what he said"}]),
    )

    assert found.texts == [
        "https://example.org",
        "Build\n**[main](https://ci.example.org/1)**\nfailed & [log](https://ci.example.org/2)\n**By**\n**alice**",
        "this",
        "look\n**Bob**\n**Example**\nwhat he said",
    ]


def test_the_blocks_are_read_before_the_text(tmp_path: Path) -> None:
    found = records_of(tmp_path, said("• flattened", blocks=rich(section(text("as typed", bold=True)))), said("*old*"))

    assert found.texts == ["**as typed**", "**old**"]


def test_two_conversations_may_have_messages_of_one_moment(tmp_path: Path) -> None:
    other = {**GENERAL, "id": "C2", "name": "other"}

    found = records_of(
        tmp_path, said("a"), **{"channels__json": [GENERAL, other], "other/2023-11-14__json": [said("b")]}
    )

    assert [(each.room, each.key) for each in found.messages] == [("C1", TS), ("C2", TS)]
    assert "users.json" in files_of([])
