"""Which chat wrote a file shows in the file."""

import io
import tarfile
from pathlib import Path

import pytest

from app.transfer import detecting
from app.transfer.detecting import format_of
from app.transfer.readers.opened import opened
from app.transfer.records import BadExport
from tests.transfer.readers.reading import zip_of


@pytest.mark.parametrize(
    ("begin", "form"),
    [
        (b'{"type":"chat","format":1,"name":"Parley"}\n', "jsonl"),
        (b'{"type":"version","version":1}\n', "mattermost"),
        (b'{\n "guild": {\n "id": "1"', "discord"),
        (b'\xef\xbb\xbf{\n "name": "us",\n "type": "private_group",\n "about": "x"', "telegram"),
        (
            b'{\n "name": "us",\n "type": "private_group",\n "id": 1,\n "messages": [\n  {"date_unixtime": "1"',
            "telegram",
        ),
        (b'{"_id":{"$oid":"5"},"msg":"x"}\n', "mongo"),
        (b'{"channel_id":"CHY5HUESG","name":"us","messages":[', "slack"),
        (b"SQLite format 3\0\x10\x00", "campfire"),
        (b"hello", None),
        (b"", None),
    ],
)
def test_a_file_shows_by_its_beginning_what_wrote_it(begin: bytes, form: str | None, tmp_path: Path) -> None:
    path = tmp_path / "export"
    path.write_bytes(begin)

    assert format_of(path) == form


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("channels.json", "slack"),
        ("mpims.json", "slack"),
        ("export/realm.json", "zulip"),
        ("dump/rocketchat_message.bson", "rocketchat"),
        ("import.jsonl", "mattermost"),
        ("chat.jsonl", "jsonl"),
        ("irc.libera.#debian.weechatlog", "irc"),
        ("storage/db/production.sqlite3", "campfire"),
        ("picture.png", None),
    ],
)
def test_an_archive_shows_it_by_its_names(name: str, form: str | None, tmp_path: Path) -> None:
    zipped, tarred = zip_of(tmp_path / "a.zip", {name: b"x"}), tar_of(tmp_path / "a.tar.gz", "w:gz", {name: b"x"})

    assert (format_of(zipped), format_of(tarred)) == (form, form)


def test_two_collections_of_mongoexport_show_themselves_together(tmp_path: Path) -> None:
    files = {"export/users.json": b"{}", "export/messages.json": b"{}"}

    assert format_of(zip_of(tmp_path / "a.zip", files)) == "mongo"
    assert format_of(zip_of(tmp_path / "b.zip", files | {"export/channels.json": b"[]"})) == "slack"


def test_a_zip_whose_names_say_nothing_shows_it_by_its_documents(tmp_path: Path) -> None:
    files = {
        "rooms/a.json": b'{"guild": {"id": "1"',
        "rooms/b.json": b'{"guild": {',
        "media/package.json": b'{"about":',
    }
    locked = zip_of(tmp_path / "b.zip", {"a.json": b'{"guild": {'})
    content = bytearray(locked.read_bytes())
    content[6] |= 1  # the first entry says that it is encrypted, and so does the list of entries
    content[content.index(b"PK\x01\x02") + 8] |= 1
    locked.write_bytes(content)

    assert format_of(zip_of(tmp_path / "a.zip", files)) == "discord"
    assert format_of(locked) is None


def test_a_log_shows_it_by_its_ending_and_a_broken_archive_by_nothing(tmp_path: Path) -> None:
    (tmp_path / "irc.net.#us.weechatlog").write_text("2020-01-01 00:00:00\tnick\thello\n")
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 is none")

    assert format_of(tmp_path / "irc.net.#us.weechatlog") == "irc"
    assert format_of(tmp_path / "a.zip") is None


def test_a_tar_that_is_broken_shows_nothing_and_is_refused_with_a_sentence(tmp_path: Path) -> None:
    squares = b"".join(b"%d\n" % (n * n) for n in range(100_000))
    path = tar_of(tmp_path / "a.tar.xz", "w:xz", {"first": squares, "chat.jsonl": b"x"})
    content = path.read_bytes()
    half = len(content) // 2
    path.write_bytes(content[:half] + b"\xff\x00" * 2_000 + content[half + 4_000 :])

    assert format_of(path) is None
    with pytest.raises(BadExport, match="cannot be unpacked"), opened(path):
        pass


def test_no_more_of_a_packed_tar_is_unpacked_than_a_page_waits_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detecting, "UNPACKED_BYTES", 1_000)
    files = {"first": bytes(2_000), "chat.jsonl": b"x"}

    found = [format_of(tar_of(tmp_path / name, mode, files)) for name, mode in (("a.tgz", "w:gz"), ("a.tar", "w"))]

    assert found == [None, "jsonl"]


def tar_of(path: Path, mode: str, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def test_files_that_are_one_export_show_it_together(tmp_path: Path) -> None:
    logs, rooms, collections, nothing = (tmp_path / name for name in ("logs", "rooms", "collections", "nothing"))
    for folder in (logs, rooms, collections, nothing):
        folder.mkdir()
    for name in ("#a.weechatlog", "#b.weechatlog"):
        (logs / name).write_text("x")
    for name in ("a.json", "b.json"):
        (rooms / name).write_text('{"guild": {}}')
    for name in ("posts.json", "people.json"):
        (collections / name).write_text('{"_id":{"$oid":"5"}}')
    (nothing / "a.txt").write_text("x")

    assert [format_of(each) for each in (logs, rooms, collections, nothing)] == ["irc", "discord", "mongo", None]
