"""Zulip's export."""

import io
import json
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.chat.markup.shown import shown
from app.transfer.mentions import person, room
from app.transfer.readers.zulip import read
from app.transfer.records import Reaction, Room
from tests.transfer.readers.reading import Brought, contents, pictures, refusal, tarred

SENT = 1516803814.696259


def user(key: int, name: str, **more: Any) -> dict[str, Any]:
    about = {"id": key, "full_name": name, "email": f"user{key}@zulip.e.org", "delivery_email": f"{key}@e.org"}
    return about | {"is_active": True, "is_bot": False, "is_mirror_dummy": False, "role": 400} | more


def stream(key: int, name: str, **more: Any) -> dict[str, Any]:
    about = {"id": key, "name": name, "description": "", "invite_only": False, "deactivated": False}
    return about | {"date_created": SENT, "creator": None} | more


REALM: dict[str, Any] = {
    "zerver_realm": [{"id": 1, "string_id": "acme"}],
    "zerver_userprofile": [user(1, "Ann Lee"), user(2, "Bob"), user(3, "Bob")],
    "zerver_userprofile_crossrealm": [{"email": "notification-bot@zulip.com", "id": 9}],
    "zerver_stream": [stream(5, "general"), stream(6, "den", invite_only=True)],
    "zerver_recipient": [
        {"id": 50, "type": 2, "type_id": 5},
        {"id": 60, "type": 2, "type_id": 6},
        {"id": 10, "type": 1, "type_id": 1},
        {"id": 20, "type": 1, "type_id": 2},
        {"id": 70, "type": 3, "type_id": 1},
    ],
    "zerver_subscription": [
        {"recipient": 50, "user_profile": 1, "active": True},
        {"recipient": 50, "user_profile": 2, "active": False},
        {"recipient": 60, "user_profile": 2, "active": True},
        *({"recipient": 70, "user_profile": key, "active": True} for key in (1, 2, 3)),
    ],
    "zerver_reaction": [],
}


def posted(key: int, content: str, **more: Any) -> dict[str, Any]:
    about = {"id": key, "sender": 1, "recipient": 50, "subject": "", "content": content, "date_sent": SENT + key}
    return about | {"last_edit_time": None, "edit_history": None, "rendered_content": ""} | more


def written(folder: Path, *messages: dict[str, Any], attachments: Any = (), **realm: Any) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "realm.json").write_text(json.dumps(REALM | realm))
    (folder / "attachment.json").write_text(json.dumps({"zerver_attachment": attachments}))
    half = len(messages) // 2
    for n, part in enumerate((messages[:half], messages[half:]), 1):
        whole = {"zerver_message": part, "zerver_usermessage": []}
        (folder / f"messages-{n:06}.json").write_text(json.dumps(whole))
    return folder


def brought(folder: Path, *messages: dict[str, Any], **realm: Any) -> Brought:
    return Brought(read(written(folder, *messages, **realm)))


def text_of(folder: Path, content: str) -> str:
    (text,) = brought(folder, posted(1, content)).texts
    return text


def test_people_and_streams_come_with_their_members(tmp_path: Path) -> None:
    got = brought(
        tmp_path,
        zerver_userprofile=[
            user(1, "Ann Lee", role=100),
            user(2, "Bob", is_active=False),
            user(3, "CI", is_bot=True),
            user(4, "Eve", is_mirror_dummy=True, delivery_email=None),
            {"id": 7, "full_name": "Old", "email": "old@e.org", "is_realm_admin": True},
        ],
        zerver_userprofile_mirrordummy=[user(8, "Far", is_active=True)],
        zerver_stream=[
            stream(5, "general", description="all"),
            stream(6, "!DEACTIVATED:den", invite_only=True, creator=1),
        ],
    )

    assert {key: (who.name, who.email, who.kind, who.is_admin) for key, who in got.people.items()} == {
        "1": ("Ann Lee", "1@e.org", "person", True),
        "2": ("Bob", "2@e.org", "gone", False),
        "3": ("CI", "3@e.org", "bot", False),
        "4": ("Eve", "user4@zulip.e.org", "gone", False),
        "7": ("Old", "old@e.org", "person", True),
        "8": ("Far", "8@e.org", "gone", False),
        "9": ("", "notification-bot@zulip.com", "bot", False),
    }
    made = datetime(2018, 1, 24, 14, 23, 34, 696_259, tzinfo=UTC)
    assert got.rooms == {
        "stream 5": Room("stream 5", "open", "general", "all", ("1",), made),
        "stream 6": Room("stream 6", "closed", "den", "", ("2",), made, is_archived=True, creator="1"),
    }


def test_times_are_floats_to_the_microsecond_also_by_their_old_name(tmp_path: Path) -> None:
    old = {"id": 2, "sender": 1, "recipient": 50, "subject": "", "content": "old", "pub_date": 1516803815.000001}

    got = brought(tmp_path, posted(1, "new", date_sent=SENT), old)

    assert got.message("new").at == datetime(2018, 1, 24, 14, 23, 34, 696_259, tzinfo=UTC)
    assert got.message("old").at == datetime(2018, 1, 24, 14, 23, 35, 1, tzinfo=UTC)


def test_a_message_on_another_topic_begins_with_it(tmp_path: Path) -> None:
    topics = ["lunch", "lunch", "work", "", "work"]

    got = brought(tmp_path, *(posted(n, str(n), subject=topic) for n, topic in enumerate(topics)))

    assert got.texts == ["**lunch**\n0", "1", "**work**\n2", "3", "**work**\n4"]


def test_direct_messages_are_in_a_room_of_those_who_take_part(tmp_path: Path) -> None:
    got = brought(
        tmp_path,
        posted(1, "to bob", recipient=20, subject="\x07"),
        posted(2, "back", sender=2, recipient=10),
        posted(3, "to myself", recipient=10),
        posted(4, "to both", recipient=70, subject="x"),
        posted(5, "lost", recipient=999),
    )

    assert {key: made.members for key, made in got.rooms.items() if made.kind == "direct"} == {
        "direct 1,2": ("1", "2"),
        "direct 1": ("1",),
        "direct 1,2,3": ("1", "2", "3"),
    }
    assert {message.text: message.room for message in got.messages} == {
        "to bob": "direct 1,2",
        "back": "direct 1,2",
        "to myself": "direct 1",
        "to both": "direct 1,2,3",
    }
    assert got.left == {"messages whose room the export does not have": 1}


def test_reactions_stand_in_the_realm_by_their_code(tmp_path: Path) -> None:
    def reaction(who: int, code: str, kind: str = "unicode_emoji") -> dict[str, Any]:
        return {"message": 1, "user_profile": who, "emoji_name": "x", "emoji_code": code, "reaction_type": kind}

    given = [reaction(1, "1f44d"), reaction(2, "1f1fa-1f1e6"), reaction(2, "1f44d"), reaction(2, "1f44d")]
    pictures = [reaction(1, "44", "realm_emoji"), reaction(1, "zulip", "zulip_extra_emoji")]

    got = brought(tmp_path, posted(1, "a"), posted(2, "b"), zerver_reaction=[*given, *pictures])

    assert got.message("a").reactions == (Reaction("👍", "1"), Reaction("🇺🇦", "2"), Reaction("👍", "2"))
    assert got.message("b").reactions == ()
    assert got.left == {"reactions with pictures of the team's own": 2}


def test_only_a_change_of_the_text_is_an_edit(tmp_path: Path) -> None:
    moved = json.dumps([{"timestamp": SENT + 60, "prev_topic": "x", "topic": "y"}])
    changed = json.dumps([{"timestamp": SENT + 90, "prev_topic": "x"}, {"timestamp": SENT + 60, "prev_content": "b"}])

    got = brought(
        tmp_path,
        posted(1, "moved", edit_history=moved, last_edit_time=SENT + 60),
        posted(2, "changed", edit_history=changed, last_edit_time=SENT + 90),
        posted(3, "never", edit_history="[]"),
    )

    assert [message.edited_at for message in got.messages] == [
        None,
        datetime(2018, 1, 24, 14, 24, 34, 696_259, tzinfo=UTC),
        None,
    ]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("@**Ann Lee** hi", f"{person('1')} hi"),
        ("@**Bob|3** hi", f"{person('3')} hi"),
        ("@**Bob** hi", "@\u2060Bob hi"),  # two are called Bob
        ("@**Ann Lee|999**", person("1")),
        ("@_**Ann Lee|1** said", "Ann Lee said"),
        ("@**all** @**everyone** @**stream**", "@all @all @all"),
        ("@*backend*", "@\u2060backend"),
        ("#**general** #**general>lunch time** #**gone**", f"{room('stream 5')} {room('stream 5')} > lunch time #gone"),
        ("#**general>lunch time@41** #**general>**", f"{room('stream 5')} > lunch time {room('stream 5')}"),
        ("<time:2026-06-24T14:44:00+02:00> <time:soon>", "2026-06-24 12:44 UTC <time:soon>"),
        ("`@**Ann Lee**` **b** *i* ~~s~~", "`@**Ann Lee**` **b** *i* ~~s~~"),
        ("a\n```python\n@**Ann Lee**\n```\nb", "a\n```python\n@**Ann Lee**\n```\nb"),
        ("~~~\na\n~~~", "```\na\n```"),
        ("```no language\na\n```", "```\nno language\na\n```"),
        ("```quote\na\n\n@**Ann Lee**\n```\nb", f"> a\n>\n> {person('1')}\nb"),
        ("````quote\n```quote\na\n```\nb\n````", "> > a\n> b"),
        ("```spoiler The end\nhe dies\n```", "The end\nhe dies"),
        ("```\nnever ended", "```\nnever ended\n```"),
        ("/me waves", "*waves*"),
        (">close", "> close"),
        ("<https://e.org>", "https://e.org"),
        ("\ue0001\ue001 $$x^2$$ &amp;", "1 $$x^2$$ &amp;"),
    ],
)
def test_zulip_s_markup_becomes_ours(tmp_path: Path, content: str, text: str) -> None:
    assert text_of(tmp_path, content) == text


def test_who_quotes_a_message_answers_it(tmp_path: Path) -> None:
    link = "https://acme.zulip.e.org/#narrow/channel/5-general/topic/lunch/near/41"
    quote = f"@_**Bob|2** [said]({link}):\n```quote\nwhat?\n```\n"

    got = brought(tmp_path, posted(41, "what?"), posted(42, f"{quote}this"), posted(43, f"see\n{quote}"))

    assert [(message.text, message.reply_to) for message in got.messages] == [
        ("what?", None),
        ("> what?\nthis", "41"),
        (f"see\nBob [said]({link}):\n> what?", None),
    ]


def test_what_is_quoted_from_elsewhere_says_by_whom_it_is(tmp_path: Path) -> None:
    there = "#narrow/channel/6-den/topic/x/near/41"
    quote = f"@_**Bob|2** [said]({there}):\n```quote\nwhat?\n```\nno"

    got = brought(tmp_path, posted(41, "what?", recipient=60), posted(42, quote), posted(43, quote, recipient=60))

    assert [(message.room, message.text, message.reply_to) for message in got.messages] == [
        ("stream 5", f"Bob [said]({there}):\n> what?\nno", None),
        ("stream 6", "what?", None),
        ("stream 6", "> what?\nno", "41"),
    ]


def test_emoji_are_those_that_zulip_showed(tmp_path: Path) -> None:
    shown = '<p><span aria-label="smile" class="emoji emoji-1f642" role="img" title="smile">:smile:</span></p>'
    tones = '<span class="emoji emoji-1f44d-1f3fd" title="x">:+1_medium:</span>'
    old = '<img alt=":tada:" class="emoji" src="/static/generated/emoji/images/emoji/unicode/1f389.png" title="tada">'
    own = '<img alt=":zulip:" class="emoji" src="/user_avatars/2/emoji/images/1.png" title="zulip">'
    html = f"{shown}{tones}{old}{own}"
    content = ":smile::smile: `:smile:` :+1_medium: :tada: :zulip: :nothing: 10:20:30 :@**Ann Lee**:"

    got = brought(tmp_path, posted(1, content, rendered_content=html), posted(2, ":smile:", rendered_content=None))

    assert got.texts == [f"🙂🙂 `:smile:` 👍🏽 🎉 :zulip: :nothing: 10:20:30 :{person('1')}:", ":smile:"]


def test_people_have_their_pictures_as_they_sent_them(tmp_path: Path) -> None:
    folder = written(tmp_path / "export", posted(1, "a"))
    records = [
        {"path": "1/ab.png", "user_profile_id": 1},
        {"path": "1/ab.original", "user_profile_id": 1},
        {"path": "1/gone.original", "user_profile_id": 2},
        {"user_profile_id": 3},
        None,
    ]
    (folder / "avatars/1").mkdir(parents=True)
    (folder / "avatars/records.json").write_text(json.dumps(records))
    for name in ("ab.png", "ab.original"):
        (folder / "avatars/1" / name).write_bytes(name.encode())

    assert pictures(read(folder)) == pictures(read(tarred(folder, "zulip-export-x"))) == {"1": b"ab.original"}


def test_uploads_come_with_the_messages_that_link_to_them(tmp_path: Path) -> None:
    attachments = [
        {"path_id": "1/ab/my-notes.txt", "file_name": "my notes.txt", "messages": [1, 2]},
        {"path_id": "1/cd/gone.txt", "file_name": "gone.txt", "messages": [2]},
    ]
    folder = written(
        tmp_path / "export",
        posted(1, "[my-notes.txt](/user_uploads/1/ab/my-notes.txt)"),
        posted(2, "see [this](https://acme.zulip.e.org/user_uploads/1/ab/my-notes.txt) [x](/user_uploads/9/none)"),
        attachments=attachments,
    )
    (folder / "uploads/1/ab").mkdir(parents=True)
    (folder / "uploads/1/ab/my-notes.txt").write_bytes(b"text")
    packed = tarred(folder, "zulip-export-x")

    assert Brought(read(folder)).texts == ["", "see this [x](/user_uploads/9/none)"]
    assert contents(read, folder) == contents(read, packed) == {"my notes.txt": b"text", "gone.txt": None}


def test_a_tar_gives_what_its_folder_gives_and_nothing_stays_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = written(tmp_path / "export", posted(1, "a"), posted(2, "b"))
    packed = tarred(folder, "zulip-export-x")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))

    stopped = read(packed)
    next(stopped)
    assert list(temporary.iterdir()) != []
    stopped.close()

    assert list(read(packed)) == list(read(folder))
    assert list(temporary.iterdir()) == []


def test_what_cannot_be_read_is_refused_in_a_sentence(tmp_path: Path) -> None:
    folder = written(tmp_path / "export", posted(1, "a"))
    packed = tarred(folder, "zulip-export-x")
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(packed.read_bytes()[:-200])
    evil = tmp_path / "evil.tar.gz"
    with tarfile.open(evil, "w:gz") as out:
        member = tarfile.TarInfo("../realm.json")
        member.size = 2
        out.addfile(member, io.BytesIO(b"{}"))

    assert refusal(read, broken).startswith("broken.tar.gz cannot be unpacked: ")
    assert refusal(read, evil).startswith("evil.tar.gz cannot be unpacked: ")
    assert not (tmp_path.parent / "realm.json").exists()
    (folder / "messages-000002.json").write_text('{"zerver_message": [{"id"')
    assert refusal(read, folder).startswith("messages-000002.json is not as Zulip writes it: ")
    (folder / "realm.json").write_text('{"zerver_userprofile": []}')
    assert refusal(read, folder) == "realm.json is not as Zulip writes it: there is no zerver_recipient in it."
    (folder / "realm.json").unlink()
    assert refusal(read, folder) == "export has no realm.json: it is no export of Zulip."


def test_a_topic_keeps_the_signs_that_were_typed_in_it(tmp_path: Path) -> None:
    (text,) = brought(tmp_path, posted(1, "hello", subject="About *stars* and __init__")).texts

    assert shown(text).replace("\u2060", "") == "About *stars* and __init__\nhello"


def test_reactions_to_what_is_not_in_the_export_are_counted(tmp_path: Path) -> None:
    given = {"user_profile": 1, "emoji_name": "+1", "emoji_code": "1f44d", "reaction_type": "unicode_emoji"}
    own = {**given, "emoji_code": "7", "reaction_type": "realm_emoji"}

    got = brought(
        tmp_path,
        posted(1, "a"),
        posted(2, "of no room", recipient=999),
        zerver_reaction=[
            {**given, "message": 1},
            {**given, "message": 2},
            {**given, "message": 3},
            {**own, "message": 3},
        ],
    )

    assert got.message("a").reactions == (Reaction("👍", "1"),)
    assert got.left["reactions to messages that the export does not have"] == 3


def test_a_file_is_found_by_its_address_as_it_is_and_as_links_have_it(tmp_path: Path) -> None:
    attachment = {"path_id": "2/ab/план.txt", "file_name": "план.txt", "messages": [1]}
    there = "2/ab/%D0%BF%D0%BB%D0%B0%D0%BD.txt"

    path = written(tmp_path, posted(1, f"[план.txt](/user_uploads/{there}) see"), attachments=[attachment])

    assert Brought(read(path)).texts == [" see"]
