"""Campfire's database, made with the tables of its schema.rb."""

import base64
import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.transfer.readers.campfire import read
from app.transfer.readers.campfire.html import body_of
from app.transfer.readers.styled import styled
from app.transfer.records import BadExport, LeftOut, Message, Person, Reaction, Room
from tests.transfer.readers.reading import pictures

SCHEMA = """
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, email_address TEXT, role INTEGER, status INTEGER);
CREATE TABLE rooms (id INTEGER PRIMARY KEY, type TEXT, name TEXT, creator_id INTEGER, created_at TEXT);
CREATE TABLE memberships (id INTEGER PRIMARY KEY, room_id INTEGER, user_id INTEGER);
CREATE TABLE messages (id INTEGER PRIMARY KEY, room_id INTEGER, creator_id INTEGER, created_at TEXT, updated_at TEXT);
CREATE TABLE boosts (id INTEGER PRIMARY KEY, message_id INTEGER, booster_id INTEGER, content TEXT, created_at TEXT);
CREATE TABLE action_text_rich_texts
    (id INTEGER PRIMARY KEY, record_type TEXT, record_id INTEGER, name TEXT, body TEXT, created_at TEXT,
     updated_at TEXT);
CREATE TABLE active_storage_attachments
    (id INTEGER PRIMARY KEY, record_type TEXT, record_id INTEGER, name TEXT, blob_id INTEGER);
CREATE TABLE active_storage_blobs (id INTEGER PRIMARY KEY, key TEXT, filename TEXT, content_type TEXT);
INSERT INTO users VALUES
    (1, 'Ann', 'ann@example.org', 1, 0), (2, 'Ben', 'ben-deactivated-8f1c@example.org', 0, 1),
    (3, 'Cat', 'cat@example.org', 0, 2), (4, 'Botty', NULL, 2, 0);
INSERT INTO rooms VALUES
    (1, 'Rooms::Open', 'All', 1, '2024-01-01 10:00:00.000001'), (2, 'Rooms::Closed', 'Plans', 1, '2024-01-01 10:00:00'),
    (3, 'Rooms::Direct', NULL, 2, '2024-01-01 10:00:00');
INSERT INTO memberships VALUES (1, 1, 1), (2, 1, 4), (3, 2, 1), (4, 3, 2), (5, 3, 1);
"""
AT = "2024-01-02 10:00:00.000005"
LATER = "2024-01-02 11:00:00.000000"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    (tmp_path / "db").mkdir()
    conn = sqlite3.connect(tmp_path / "db" / "production.sqlite3")
    conn.executescript("PRAGMA journal_mode = WAL;" + SCHEMA)
    yield conn
    conn.close()


def say(conn: sqlite3.Connection, key: int, body: str | None, *, edited: str = AT, room: int = 1) -> None:
    conn.execute("INSERT INTO messages VALUES (?, ?, 1, ?, ?)", (key, room, AT, LATER))
    if body is not None:
        row = (key, key, body, AT, edited)
        conn.execute("INSERT INTO action_text_rich_texts VALUES (?, 'Message', ?, 'body', ?, ?, ?)", row)
    conn.commit()


def test_people_and_rooms_are_of_their_kinds(database: sqlite3.Connection, tmp_path: Path) -> None:
    found = [*read(tmp_path)]

    people = [(each.key, each.name, each.email, each.kind) for each in found if isinstance(each, Person)]
    rooms = [(each.key, each.kind, each.name, each.members) for each in found if isinstance(each, Room)]
    assert people == [
        ("1", "Ann", "ann@example.org", "person"),
        ("2", "Ben", None, "gone"),
        ("3", "Cat", "cat@example.org", "gone"),
        ("4", "Botty", None, "bot"),
    ]
    assert rooms == [
        ("1", "open", "All", ("1", "4")),
        ("2", "closed", "Plans", ("1",)),
        ("3", "direct", "", ("2", "1")),
    ]


def test_messages_that_stand_in_the_wal_come_with_their_times(database: sqlite3.Connection, tmp_path: Path) -> None:
    say(database, 7, "<div>hello</div>")
    say(database, 8, "<div>changed</div>", edited=LATER)
    assert (tmp_path / "db" / "production.sqlite3-wal").stat().st_size > 0

    found = [each for each in read(tmp_path / "db" / "production.sqlite3") if isinstance(each, Message)]

    assert [(each.key, each.text, each.at, each.edited_at) for each in found] == [
        ("7", "hello", datetime(2024, 1, 2, 10, 0, 0, 5, UTC), None),
        ("8", "changed", datetime(2024, 1, 2, 10, 0, 0, 5, UTC), datetime(2024, 1, 2, 11, tzinfo=UTC)),
    ]


def test_boosts_are_reactions_if_they_are_emoji(database: sqlite3.Connection, tmp_path: Path) -> None:
    say(database, 7, "x")
    boosts = [(1, 7, 1, "👍"), (2, 7, 1, "👍"), (3, 7, 2, "❤"), (4, 7, 2, "great!")]
    database.executemany(f"INSERT INTO boosts VALUES (?, ?, ?, ?, '{AT}')", boosts)
    database.commit()

    found = [*read(tmp_path)]

    assert [each.reactions for each in found if isinstance(each, Message)] == [
        (Reaction("👍", "1"), Reaction("❤️", "2")),
    ]
    assert found[-1] == LeftOut("boosts that are no emoji")


def test_an_answer_names_its_original_in_the_same_room(database: sqlite3.Connection, tmp_path: Path) -> None:
    quote = (
        "<blockquote><div>was said</div></blockquote><cite>Ann <a href='https://c.example.org/rooms/1/@7'>#</a></cite>"
    )
    say(database, 7, "was said")
    say(database, 8, f"{quote}<br>my answer")
    say(database, 9, f"{quote}<br>from elsewhere", room=2)

    found = {each.key: each for each in read(tmp_path) if isinstance(each, Message)}

    assert (found["8"].reply_to, found["8"].text) == ("7", "my answer")
    assert (found["9"].reply_to, found["9"].text) == (
        None,
        "> was said\nAnn # (https://c.example.org/rooms/1/@7)\nfrom elsewhere",
    )


def test_files_lie_under_the_first_letters_of_their_keys(database: sqlite3.Connection, tmp_path: Path) -> None:
    say(database, 7, None)
    say(database, 8, None)
    (tmp_path / "files" / "ab" / "cd").mkdir(parents=True)
    (tmp_path / "files" / "ab" / "cd" / "abcd1234").write_bytes(b"png")
    blobs = [(1, "abcd1234", "a.png", "image/png"), (2, "../../etc", "b.png", None)]
    database.executemany("INSERT INTO active_storage_blobs VALUES (?, ?, ?, ?)", blobs)
    attached = [(1, 7, 1), (2, 8, 2)]
    database.executemany("INSERT INTO active_storage_attachments VALUES (?, 'Message', ?, 'attachment', ?)", attached)
    database.commit()

    files = [each.files[0] for each in read(tmp_path) if isinstance(each, Message)]

    assert [(each.name, each.media_type, each.open is None) for each in files] == [
        ("a.png", "image/png", False),
        ("b.png", "", True),
    ]
    assert files[0].open is not None
    with files[0].open() as content:
        assert content.read() == b"png"


def test_people_have_their_pictures(database: sqlite3.Connection, tmp_path: Path) -> None:
    (tmp_path / "files" / "ab" / "cd").mkdir(parents=True)
    (tmp_path / "files" / "ab" / "cd" / "abcd1234").write_bytes(b"png")
    blobs = [(1, "abcd1234", "a.png", "image/png"), (2, "efgh5678", "b.png", None)]
    database.executemany("INSERT INTO active_storage_blobs VALUES (?, ?, ?, ?)", blobs)
    attached = [(1, 1, "avatar", 1), (2, 2, "avatar", 2), (3, 3, "banner", 1)]
    database.executemany("INSERT INTO active_storage_attachments VALUES (?, 'User', ?, ?, ?)", attached)
    database.commit()

    assert pictures(read(tmp_path)) == {"1": b"png"}


def sgid(inner: object) -> str:
    return base64.b64encode(json.dumps(inner).encode()).decode() + "--5f1c"


PLAIN = sgid({"_rails": {"data": "gid://campfire/User/2?expires_in", "pur": "attachable"}})
TWICE = sgid({"_rails": {"message": base64.b64encode(b'"gid://campfire/User/2"').decode(), "pur": "attachable"}})
MENTION = "application/vnd.campfire.mention"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("plain", "plain"),
        ("<div>a &lt;b&gt; *c*<br>d</div>", "a <b> \u2060*c*\nd"),
        ("<div><strong>b</strong> <em>i</em> <del>s</del></div>", "**b** _i_ ~~s~~"),
        ("<div><a href='https://example.org/'>x</a></div>", "[x](https://example.org/)"),
        ("<h1>Head</h1><div>line</div>", "**Head**\nline"),
        ("<pre>a *b*\nc</pre>", "```\na *b*\nc\n```"),
        ("<blockquote>q<br>r</blockquote><div>s</div>", "> q\n> r\ns"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c"),
        ("<ol><li>a</li><li><strong>b</strong></li></ol>", "1. a\n2. **b**"),
        (
            f'<div>hi <action-text-attachment sgid="{PLAIN}" content-type="{MENTION}"></action-text-attachment>!</div>',
            None,
        ),
        (
            f'<div>hi <action-text-attachment sgid="{TWICE}" content-type="{MENTION}"></action-text-attachment>!</div>',
            None,
        ),
        (
            "<div>https://example.org/<action-text-attachment href='https://example.org/' content='<b>x</b>' "
            "content-type='application/vnd.actiontext.opengraph-embed'><figure>Example</figure>"
            "</action-text-attachment></div>",
            "https://example.org/",
        ),
    ],
)
def test_html_becomes_markup(html: str, text: str | None) -> None:
    assert styled(body_of(html).blocks) == (text or "hi \ue0002\ue001!")


def test_what_is_no_database_of_campfire_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "text.sqlite3").write_text("no database, but long enough to look at" * 50)
    sqlite3.connect(tmp_path / "other.sqlite3").execute("CREATE TABLE x (y)").connection.close()

    for name, sentence in {
        "text.sqlite3": "cannot be read as Campfire's database: file is not a database",
        "other.sqlite3": "is no database of Campfire",
        "missing": "There is no database of Campfire",
    }.items():
        with pytest.raises(BadExport, match=sentence):
            list(read(tmp_path / name))


def test_a_preview_of_a_link_is_counted_and_what_is_quoted_from_another_room_stays(
    database: sqlite3.Connection, tmp_path: Path
) -> None:
    kind = "application/vnd.actiontext.opengraph-embed"
    preview = f"<action-text-attachment content-type='{kind}'></action-text-attachment>"
    say(database, 1, f"<div>see https://e.org{preview}</div>")
    say(database, 2, "<blockquote>there</blockquote><cite><a href='/rooms/9/@7'>Ann</a></cite><div>here</div>")

    found = [*read(tmp_path)]

    texts = [(each.text.splitlines(), each.reply_to) for each in found if isinstance(each, Message)]
    assert texts == [(["see https://e.org"], None), (["> there", "Ann (/rooms/9/@7)", "here"], None)]
    assert [each for each in found if isinstance(each, LeftOut)] == [LeftOut("previews of links")]
