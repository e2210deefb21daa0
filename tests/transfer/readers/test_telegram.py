"""Telegram Desktop's result.json."""

import io
import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.chat.markup.markup import html_of
from app.transfer.mentions import person
from app.transfer.readers.telegram import mending, read
from app.transfer.readers.times import NO_ZONE
from app.transfer.records import Person, Reaction, Room
from tests.transfer.readers.reading import Brought, contents, refusal, zip_of

ANN = {"from": "Ann", "from_id": "user11"}
BOB = {"from": "Bob", "from_id": "user22"}


def posted(key: int, text: Any = "", **more: Any) -> dict[str, Any]:
    about = {"id": key, "type": "message", "date": "2022-08-13T13:11:11", "date_unixtime": "1660381871", **ANN}
    return {**about, "text": text, **more}


def chat(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": "Team", "type": "private_supergroup", "id": 500, "messages": messages, **more}


def written(folder: Path, export: dict[str, Any]) -> Path:
    path = folder / "result.json"
    path.write_text(json.dumps(export, indent=1, ensure_ascii=False))
    return path


def brought(folder: Path, *messages: dict[str, Any], **more: Any) -> Brought:
    return Brought(read(written(folder, chat(*messages, **more))))


def test_a_chat_is_a_room_of_those_who_wrote_in_it(tmp_path: Path) -> None:
    got = brought(tmp_path, posted(1, "a"), posted(2, "b", **BOB), posted(3, "c"))

    assert got.rooms == {"500": Room("500", "closed", "Team", members=("user11", "user22"))}
    assert [(who.key, who.login, who.name, who.kind) for who in got.people.values()] == [
        ("user11", "", "Ann", "person"),
        ("user22", "", "Bob", "person"),
    ]
    assert [(message.key, message.author, message.order) for message in got.messages] == [
        ("1", "user11", 1),
        ("2", "user22", 2),
        ("3", "user11", 3),
    ]


@pytest.mark.parametrize(
    ("kind", "room"),
    [
        ("private_group", "closed"),
        ("private_channel", "closed"),
        ("public_supergroup", "open"),
        ("public_channel", "open"),
        ("something_new", "closed"),
    ],
)
def test_only_public_chats_are_open(tmp_path: Path, kind: str, room: str) -> None:
    assert brought(tmp_path, posted(1, "a"), type=kind).rooms["500"].kind == room


def test_an_account_s_export_has_its_chats_and_those_that_it_left(tmp_path: Path) -> None:
    export = {
        "about": "Here is the data you requested.",
        "personal_information": {"user_id": 11, "first_name": "Ann", "last_name": "Lee", "phone_number": "+1"},
        "contacts": {"list": [{"user_id": 33}]},
        "chats": {
            "about": "",
            "list": [
                chat(posted(1, "to bob"), name="Bob", type="personal_chat", id=22),
                chat(posted(1, "to myself"), type="saved_messages", id=11, name=None),
                chat(posted(1, "/start"), name="Helper", type="bot_chat", id=44),
            ],
        },
        "left_chats": {"about": "", "list": [chat(posted(1, "in the team"))]},
    }

    got = Brought(read(written(tmp_path, export)))

    assert got.rooms == {
        "22": Room("22", "direct", members=("user11", "user22")),
        "11": Room("11", "direct", members=("user11",)),
        "44": Room("44", "direct", members=("user11", "user44")),
        "500": Room("500", "closed", "Team", members=("user11",)),
    }
    assert {key: (who.name, who.kind) for key, who in got.people.items()} == {
        "user11": ("Ann Lee", "person"),
        "user22": ("Bob", "person"),
        "user44": ("Helper", "bot"),
    }
    assert sorted(got.texts) == ["/start", "in the team", "to bob", "to myself"]


def test_times_are_those_with_a_zone_and_of_old_exports_those_of_utc(tmp_path: Path) -> None:
    old = {"id": 2, "type": "message", "date": "2019-01-02T03:04:05", "from": "Ann", "from_id": 11, "text": "old"}

    got = brought(tmp_path, posted(1, "new", edited="2022-08-13T13:12:11", edited_unixtime="1660381931"), old)

    assert got.message("new").at == datetime(2022, 8, 13, 9, 11, 11, tzinfo=UTC)
    assert got.message("new").edited_at == datetime(2022, 8, 13, 9, 12, 11, tzinfo=UTC)
    assert got.message("old").at == datetime(2019, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert got.message("old").author == got.message("new").author == "user11"
    assert got.left == {NO_ZONE: 1}


def test_control_characters_that_are_no_json_are_read(tmp_path: Path) -> None:
    path = written(tmp_path, chat(posted(1, "a@b"), posted(2, r"typed \x0C and C:\x41")))
    path.write_text(path.read_text().replace("a@b", r"a\x0Cb\x1B"))
    with pytest.raises(json.JSONDecodeError):
        json.loads(path.read_text())

    assert Brought(read(path)).texts == ["a\x0cb\x1b", r"typed \x0C and C:\x41"]


@pytest.mark.parametrize("size", [1, 5, 1_000])
@pytest.mark.parametrize("end", ["\n", ""])
def test_what_is_mended_is_mended_wherever_a_piece_ends(monkeypatch: pytest.MonkeyPatch, size: int, end: str) -> None:
    monkeypatch.setattr(mending, "_LONGEST_LINE_BYTES", 40)
    typed = r'{"a": "\x0C\x1B \\x0C \\\x1b \" \u00e9", ' + end
    bare = '"document_id": (not here),\n "document_id": "5",\n' if end else ""
    file = mending.Mended(io.BytesIO(f"{typed}{bare}{'x' * 60}".encode()))

    found = b"".join(iter(partial(file.read, size), b""))

    mended = typed.replace(r"\x0C\x1B", r"\u000C\u001B").replace(r"\\\x1b", r"\\\u001b")
    assert found.decode() == mended + bare.replace("(not here)", '"(not here)"') + "x" * 60


@pytest.mark.parametrize("value", ["5368324170671202286", "video_files/sticker (2).webm", "(File not included.)"])
def test_paths_without_quotation_marks_are_read(tmp_path: Path, value: str) -> None:
    entity = {"type": "custom_emoji", "text": "😮", "document_id": "HERE"}
    typed = 'a "document_id": x'
    path = written(tmp_path, chat(posted(1, [entity, ""]), posted(2, typed)))
    path.write_text(path.read_text().replace('"HERE"', value))

    assert Brought(read(path)).texts == ["😮", typed]


def test_the_same_key_twice_is_read(tmp_path: Path) -> None:
    gift = {"id": 1, "type": "service", "action": "send_star_gift", "text": "FIRST"}
    path = written(tmp_path, chat(gift, posted(2, "a")))
    path.write_text(path.read_text().replace('"text": "FIRST"', '"text": "FIRST",\n"text": ""'))

    got = Brought(read(path))

    assert (got.texts, got.left) == (["a"], {"joins, calls, pins and other notices": 1})


@pytest.mark.parametrize(
    ("entities", "text"),
    [
        ([("plain", "a "), ("bold", "b "), ("italic", "c"), ("strikethrough", " d")], "a **b** _c_ ~~d~~"),
        ([("code", "x*y"), ("plain", " "), ("underline", "u"), ("spoiler", "s")], "`x*y` us"),
        ([("plain", "see"), ("pre", "a\n```\nb"), ("plain", "so")], "see\n````\na\n```\nb\n````\nso"),
        ([("blockquote", "a\n\nb"), ("plain", "c")], "> a\n>\n> b\nc"),
        ([("link", "https://e.org/a_b_"), ("plain", " "), ("mention", "@bob"), ("hashtag", "#x")], None),
        ([("plain", "a "), ("phone", "+1 2")], "a +1 2"),
    ],
)
def test_styles_become_ours(tmp_path: Path, entities: list[tuple[str, str]], text: str | None) -> None:
    parts = [{"type": kind, "text": each} for kind, each in entities]
    whole = "".join(each for _, each in entities)

    (new,) = brought(tmp_path, posted(1, whole, text_entities=parts)).texts
    (old,) = brought(tmp_path, posted(1, [part if part["type"] != "plain" else part["text"] for part in parts])).texts

    assert new == old == (whole if text is None else text)


def test_links_and_mentions_by_name_keep_what_they_lead_to(tmp_path: Path) -> None:
    parts = [
        {"type": "text_link", "text": "here", "href": "https://e.org"},
        {"type": "plain", "text": " "},
        {"type": "mention_name", "text": "Bob", "user_id": 22},
    ]

    assert brought(tmp_path, posted(1, parts)).texts == [f"[here](https://e.org) {person('user22')}"]


def test_signs_that_were_typed_are_shown_and_private_ones_are_not(tmp_path: Path) -> None:
    (text,) = brought(tmp_path, posted(1, "**no** \ue000user1\ue001 <b>&amp;")).texts

    assert text.replace("\u2060", "") == "**no** user1 <b>&amp;"
    assert html_of(text) is None


def test_who_deleted_the_account_is_gone_and_a_channel_is_no_person(tmp_path: Path) -> None:
    gone = {"from": None, "from_id": "user77"}
    channel = {"from": "News", "from_id": "channel88"}

    got = brought(tmp_path, posted(1, "a", **gone), posted(2, "b", **channel), posted(3, "c", **gone))

    assert [(who.key, who.name, who.kind) for who in got.people.values()] == [
        ("user77", "", "gone"),
        ("channel88", "News", "bot"),
    ]


def test_two_people_of_one_name_stay_two(tmp_path: Path) -> None:
    got = brought(tmp_path, posted(1, "a"), posted(2, "b", **{"from": "Ann", "from_id": "user99"}))

    assert got.rooms["500"].members == ("user11", "user99")


def test_replies_answer_in_their_chat_also_in_a_history_that_was_moved(tmp_path: Path) -> None:
    got = brought(
        tmp_path,
        posted(-999_999_900, "old root", date_unixtime="1600000000"),
        posted(-999_999_899, "old yes", date_unixtime="1600000001", reply_to_message_id=-999_999_900),
        posted(1, "yes", reply_to_message_id=-999_999_900),
        posted(2, "elsewhere", reply_to_message_id=1, reply_to_peer_id="channel5"),
        posted(3, "gone", reply_to_message_id=999),
    )

    assert [message.reply_to for message in got.messages] == [None, "-999999900", "-999999900", None, "999"]


def test_ids_count_within_their_chat(tmp_path: Path) -> None:
    chats = [chat(posted(1, "a")), chat(posted(1, "b"), id=501)]

    got = Brought(read(written(tmp_path, {"chats": {"list": chats}})))

    assert [(message.room, message.key) for message in got.messages] == [("500", "1"), ("501", "1")]


def test_notices_and_what_telegram_left_out_are_counted(tmp_path: Path) -> None:
    service = {"id": 1, "type": "service", "date": "2022-08-13T13:11:11", "actor": "Ann", "action": "invite_members"}

    got = brought(tmp_path, {**service, "members": [None, "Bob"], "text": ""}, {"id": 2, "type": "unsupported"})

    assert got.left == {"joins, calls, pins and other notices": 1, "messages that Telegram left out": 1}
    assert got.messages == []


def test_reactions_are_those_of_the_people_whom_the_export_names(tmp_path: Path) -> None:
    reactions = [
        {"type": "emoji", "count": 5, "emoji": "❤", "recent": [{**BOB, "date": "2022-08-13T13:11:11"}, {**BOB}]},
        {"type": "custom_emoji", "count": 2, "document_id": "stickers/a.webp"},
        {"type": "paid", "count": 7},
    ]

    got = brought(tmp_path, posted(1, "a", reactions=reactions))

    assert got.message("a").reactions == (Reaction("❤", "user22"),)
    assert got.people["user22"].name == "Bob"
    assert got.left == {
        "reactions of people whom the export does not name": 3,
        "reactions with pictures or stars": 9,
    }


def test_files_lie_beside_and_those_not_included_are_named(tmp_path: Path) -> None:
    missing = "(File not included. Change data exporting settings to download.)"
    folder = tmp_path / "export"
    folder.mkdir()
    (tmp_path / "secret.txt").write_bytes(b"of the server")
    path = written(
        folder,
        chat(
            posted(1, "a", photo="photos/p.jpg", width=1),
            posted(2, "", file="files/a.pdf", file_name="Report.pdf", mime_type="application/pdf"),
            posted(3, "", file=missing, file_name="Song.mp3"),
            posted(4, "", photo=missing),
            posted(5, "", file="../secret.txt"),
        ),
    )
    for name in ("photos/p.jpg", "files/a.pdf"):
        (folder / name).parent.mkdir()
        (folder / name).write_bytes(name.encode())

    expected = {"p.jpg": b"photos/p.jpg", "Report.pdf": b"files/a.pdf", "Song.mp3": None, "photo": None}
    assert contents(read, path) == contents(read, folder) == {**expected, "secret.txt": None}


def test_what_is_no_text_is_written_as_one_where_it_can(tmp_path: Path) -> None:
    poll = {"question": "Lunch?", "closed": False, "total_voters": 2, "answers": [{"text": "yes", "voters": 2}]}
    place = {"latitude": 50.45, "longitude": 30.52}
    contact = {"first_name": "Eve", "last_name": "", "phone_number": "+1 555"}
    game = {"game_title": "Chess", "game_description": "For two", "game_link": "https://t.me/b?game=c"}

    got = brought(
        tmp_path,
        posted(1, "", poll=poll),
        posted(2, "", location_information=place),
        posted(3, "", contact_information=contact),
        posted(4, "", place_name="Café", address="Main St 1", location_information=place),
        posted(5, "", location_information=None),
        posted(6, "", **game),
        posted(7, "", file="(File not included.)", media_type="sticker", sticker_emoji="😮"),
    )

    assert got.texts == [
        *("Lunch?\n- yes", "50.45, 30.52", "Eve +1 555", "Café, Main St 1\n50.45, 30.52"),
        *("Chess\nFor two\nhttps://t.me/b?game=c", "😮"),
    ]
    assert got.left == {"messages without a text": 1, "votes in polls": 2}


def test_polls_and_lists_of_tasks_may_have_styles(tmp_path: Path) -> None:
    emoji = {"type": "custom_emoji", "text": "🥗", "document_id": "x"}
    answers = [{"text": "*no*"}, {"text": ["yes ", {"type": "bold", "text": "now"}], "voters": 2, "chosen": False}]
    poll = {"question": ["Lunch ", emoji], "closed": False, "total_voters": 2, "answers": answers}
    todo = {"title": "To do", "others_can_append": False, "answers": [{"text": [emoji], "id": 1}]}

    got = brought(tmp_path, posted(1, "", poll=poll), posted(2, "", todo_list=todo))

    assert got.texts == ["Lunch 🥗\n- \u2060*no*\n- yes **now**", "To do\n- 🥗"]


def test_what_is_forwarded_is_a_quote_of_whom_it_is_by(tmp_path: Path) -> None:
    got = brought(
        tmp_path,
        posted(1, "once\n\nmore", forwarded_from="Eve"),
        posted(2, "gone", forwarded_from=None),
        posted(3, "", forwarded_from="Eve", photo="photos/a.jpg"),
    )

    assert got.texts == ["> **Eve**\n> once\n>\n> more", "> gone", "> **Eve**"]


def plain(text: str) -> dict[str, str]:
    return {"type": "plain", "text": text}


def item(text: str, **more: Any) -> dict[str, Any]:
    return {"task_state": "none", "content": "text", "text": plain(text), **more}


LINK = {"type": "text_link", "href": "https://e.org", "text": {"type": "bold", "text": plain("there")}}
TO_BOB = {"type": "mention_name", "user_id": "22", "text": plain("Bob")}
PARAGRAPH = {
    "type": "paragraph",
    "text": {"type": "concat", "text": [plain("see "), LINK, plain(" "), TO_BOB, {"type": "empty"}]},
}
NESTED = {"type": "list", "kind": "ordered", "items": [item("b", num="3", value=3), item("c", value=4)]}
INSIDE = {"task_state": "none", "content": "blocks", "blocks": [{"type": "paragraph", "text": plain("a")}, NESTED]}
TASKS = [item("done", task_state="checked"), item("to do", task_state="unchecked")]
CELLS = [{"text": plain("1"), "header": True, "align": "left"}, {"text": plain("2")}, {}]
BELOW = {"text": plain("below"), "credit": {"type": "italic", "text": plain("Eve")}}
SEEN = f"see [there](https://e.org) {person('user22')}"


@pytest.mark.parametrize(
    ("block", "text"),
    [
        ({"type": "heading", "level": 1, "text": plain("Head")}, "**Head**"),
        (PARAGRAPH, SEEN),
        ({"type": "code", "text": plain("x*y"), "language": "python"}, "```python\nx*y\n```"),
        ({"type": "list", "kind": "bullet", "items": [INSIDE, item("d")]}, "- a\n  3. b\n  4. c\n- d"),
        ({"type": "list", "kind": "bullet", "items": TASKS}, "- [x] done\n- [ ] to do"),
        ({"type": "quote", "content": "text", "text": plain("q"), "caption": plain("Ann")}, "> q\n> Ann"),
        ({"type": "quote", "blocks": [PARAGRAPH, NESTED], "caption": {"type": "empty"}}, f"> {SEEN}\n> b\n> c"),
        ({"type": "table", "title": plain("T"), "rows": [{"cells": CELLS}], "bordered": True}, "**T**\n1 | 2"),
        ({"type": "photo", "unsupported": True, "photo_id": "1", "caption": BELOW}, "below\n_Eve_"),
        ({"type": "details", "title": plain("T"), "blocks": [{"type": "math", "formula": "x^2"}]}, "T\nx^2"),
        ({"type": "cover", "unsupported": True, "block": PARAGRAPH}, SEEN),
        ({"type": "unsupported", "source_type": "page_block_unsupported"}, ""),
        ({"type": "paragraph", "text": {"type": "diff", "text": plain("a"), "old_text": [plain("b"), 7, None]}}, "ab"),
    ],
)
def test_rich_messages_have_blocks_in_place_of_a_text(tmp_path: Path, block: dict[str, Any], text: str) -> None:
    message = posted(1, rich_message={"rtl": False, "blocks": [block, {"type": "divider"}, block]})
    del message["text"]

    got = brought(tmp_path, message, posted(2, "end"))

    assert got.texts == [*([f"{text}\n{text}"] if text else []), "end"]


def test_the_first_message_on_another_topic_has_its_title(tmp_path: Path) -> None:
    begin = {"id": 1, "type": "service", "date": "2022-08-13T13:11:11", "action": "topic_created", "title": "*Food*"}

    got = brought(
        tmp_path,
        posted(0, "general"),
        begin,
        {**begin, "id": 2, "title": "Work"},
        posted(3, "a", reply_to_message_id=1),
        posted(4, "to a", reply_to_message_id=3),
        posted(5, "b", reply_to_message_id=2),
        posted(6, "", reply_to_message_id=1),
        posted(7, "to b", reply_to_message_id=5),
        posted(8, "c", reply_to_message_id=1),
        posted(9, "general again"),
        posted(10, "to it", reply_to_message_id=9),
    )

    assert [(message.text.replace("\u2060", ""), message.reply_to) for message in got.messages] == [
        ("general", None),
        ("***Food***\na", None),
        ("to a", "3"),
        ("**Work**\nb", None),
        ("to b", "5"),
        ("***Food***\nc", None),
        ("general again", None),
        ("to it", "9"),
    ]


def test_a_conversation_has_two_people_even_where_one_wrote_and_nobody_knows_the_other(tmp_path: Path) -> None:
    got = brought(tmp_path, posted(1, "hi", **BOB), name="Bob", type="personal_chat", id=22)

    other = "owner of the export of 22"
    assert got.rooms["22"].members == ("user22", other)
    assert (got.people[other].name, got.people[other].kind) == ("", "gone")


def test_what_cannot_be_read_is_refused_in_a_sentence(tmp_path: Path) -> None:
    whole = written(tmp_path, chat(posted(1, "a"))).read_text()
    path = tmp_path / "result.json"

    path.write_text(whole[:-20])
    assert refusal(read, path).startswith("result.json is broken off, or no JSON: ")
    path.write_text('{"contacts": {"list": []}}')
    assert refusal(read, path).startswith("result.json has no chat with messages; export from Telegram Desktop")
    path.write_text(whole.replace('"id": 1,', '"id": "x",'))
    assert refusal(read, path).startswith("result.json is not as Telegram Desktop writes it: ")
    path.unlink()
    assert "has no result.json" in refusal(read, tmp_path)


def test_a_zip_whose_bytes_are_broken_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = zip_of(
        tmp_path / "all.zip", {"result.json": json.dumps(chat(*(posted(n, f"{n} a") for n in range(1, 999))))}
    )
    content = bytearray(path.read_bytes())
    content[1_000:1_010] = bytes(10)
    path.write_bytes(content)

    assert refusal(read, path).startswith("result.json cannot be unpacked: ")


def test_an_account_is_known_also_where_it_stands_behind_its_chats(tmp_path: Path) -> None:
    direct = chat(posted(1, "to bob"), name="Bob", type="personal_chat", id=22)
    export = {"chats": {"list": [direct]}, "personal_information": {"user_id": 11, "first_name": "Ann Lee"}}

    got = Brought(read(written(tmp_path, export)))

    assert (got.rooms["22"].members, got.people["user11"].name) == (("user11", "user22"), "Ann Lee")


def test_who_is_only_named_in_a_text_is_called_by_its_words_and_nobody_logs_in_as_them(tmp_path: Path) -> None:
    named = [{"type": "mention_name", "text": "Eve", "user_id": 33}, {"type": "plain", "text": ", ask "}]
    twice = [*named, {"type": "mention_name", "text": "the boss", "user_id": 11}]

    got = brought(tmp_path, posted(1, "", text_entities=twice), posted(2, "later", **BOB))

    assert got.texts[0] == f"{person('user33')}, ask {person('user11')}"
    assert [(who.key, who.name, who.kind) for who in got.people.values()] == [
        ("user11", "Ann", "person"),
        ("user22", "Bob", "person"),
        ("user33", "Eve", "gone"),
    ]


def test_who_wrote_in_one_file_is_no_less_for_being_named_in_another(tmp_path: Path) -> None:
    by_bob = chat(posted(1, "hello", **BOB))
    to_bob = chat(posted(1, "", text_entities=[{"type": "mention_name", "text": "the boss", "user_id": 22}]), id=501)
    for name, export in (("1", by_bob), ("2", to_bob)):
        (tmp_path / name).mkdir()
        written(tmp_path / name, export)

    people = [record for record in read(tmp_path) if isinstance(record, Person)]

    assert [(who.key, who.name, who.kind) for who in people if who.key == "user22"] == [("user22", "Bob", "person")]


def test_who_is_only_named_in_a_rich_message_or_a_poll_is_called_by_its_words(tmp_path: Path) -> None:
    rich = {"blocks": [{"type": "list", "items": [INSIDE, {"blocks": [PARAGRAPH]}]}]}
    poll = {"question": "Who?", "answers": [{"text": [{"type": "mention_name", "text": "Eve", "user_id": 33}]}]}

    got = brought(tmp_path, posted(1, rich_message=rich), posted(2, poll=poll))

    assert [(who.key, who.name, who.kind) for who in got.people.values()] == [
        ("user11", "Ann", "person"),
        ("user22", "Bob", "gone"),
        ("user33", "Eve", "gone"),
    ]


def test_what_is_sent_with_a_text_stands_below_it_and_votes_are_counted(tmp_path: Path) -> None:
    poll = {"question": "Lunch?", "answers": [{"text": "yes", "voters": 2}, {"text": "no", "voters": 1}]}
    place = {"latitude": 50.45, "longitude": 30.52}

    got = brought(
        tmp_path,
        posted(1, "say", poll=poll),
        posted(2, "here", location_information=place),
        posted(3, "", file="(File not included)", file_name="a.mp3", performer="ABBA", title="Fernando"),
        posted(4, "elsewhere", reply_to_message_id=9, reply_to_peer_id="channel9"),
    )

    assert got.texts == ["say\nLunch?\n- yes\n- no", "here\n50.45, 30.52", "ABBA – Fernando", "elsewhere"]
    assert got.left == {"votes in polls": 3, "answers to messages of other rooms: they stand alone": 1}
