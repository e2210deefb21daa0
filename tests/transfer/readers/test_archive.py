"""Zips and folders, whole, broken and hostile."""

import json
import os
import struct
from pathlib import Path
from zipfile import ZipFile

import pytest

from app.transfer.readers import archive as archives
from app.transfer.readers.archive import Archive, roots
from app.transfer.records import BadExport
from tests.transfer.readers.reading import zip_of


def opened(made: Archive, name: str) -> bytes:
    with made.open(name) as file:
        return file.read()


def test_a_zip_and_a_folder_hold_the_same_files(tmp_path: Path) -> None:
    (tmp_path / "folder" / "a").mkdir(parents=True)
    (tmp_path / "folder" / "a" / "b.json").write_text("[1]")
    with ZipFile(tmp_path / "x.zip", "w") as made:
        made.mkdir("a")
        made.writestr("a/b.json", "[1]")

    both = [Archive(tmp_path / "folder"), Archive(tmp_path / "x.zip")]

    assert [([*each], each.json("a/b.json"), opened(each, "a/b.json")) for each in both] == [
        (["a/b.json"], [1], b"[1]")
    ] * 2


def test_names_without_the_flag_of_utf_8_are_read_as_utf_8_and_those_with_it_as_they_are(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "x.zip", "w") as made:
        made.writestr("Київ/1.json", "[]")
    flagged = (tmp_path / "x.zip").read_bytes()
    plain = flagged.replace(struct.pack("<H", 0x800) + b"\x00\x00", b"\x00\x00\x00\x00")
    (tmp_path / "plain.zip").write_bytes(plain)
    with ZipFile(tmp_path / "plain.zip") as made:
        assert made.namelist() != ["Київ/1.json"]  # Python takes it for DOS's

    assert [*Archive(tmp_path / "plain.zip")] == [*Archive(tmp_path / "x.zip")] == ["Київ/1.json"]


def test_a_bomb_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zip_of(tmp_path / "bomb.zip", {"zeros.json": b" " * 20_000_000})
    monkeypatch.setattr(archives, "LARGE_BYTES", 10_000_000)

    with pytest.raises(BadExport, match="far more than an export holds"):
        Archive(bomb)
    assert [*Archive(zip_of(tmp_path / "small.zip", {"small.json": os.urandom(100_000)}))] == ["small.json"]


def test_a_file_of_json_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_JSON_BYTES", 100)
    made = Archive(zip_of(tmp_path / "x.zip", {"large.json": b"[]" + b" " * 99, "small.json": b"[]"}))

    assert made.json("small.json") == []
    with pytest.raises(BadExport, match=r"large\.json has 101 bytes"):
        made.json("large.json")


@pytest.mark.parametrize("cut", [30, 200, 400])
def test_a_broken_zip_is_one_sentence(tmp_path: Path, cut: int) -> None:
    whole = zip_of(tmp_path / "x.zip", {"a.json": os.urandom(300)}).read_bytes()
    (tmp_path / "x.zip").write_bytes(whole[:cut])

    with pytest.raises(BadExport, match=r"x\.zip is neither a folder nor a zip, or the zip is broken"):
        Archive(tmp_path / "x.zip")


def test_a_zip_with_damaged_content_is_one_sentence(tmp_path: Path) -> None:
    content = zip_of(tmp_path / "x.zip", {"a.json": json.dumps([*range(500)])}).read_bytes()
    (tmp_path / "x.zip").write_bytes(content[:60] + b"\xff" * 40 + content[100:])

    with pytest.raises(BadExport, match=r"a\.json in x\.zip is broken"):
        Archive(tmp_path / "x.zip").json("a.json")


def test_a_zip_with_a_password_is_one_sentence(tmp_path: Path) -> None:
    content = bytearray(zip_of(tmp_path / "x.zip", {"a.json": b"[]"}).read_bytes())
    for place in (6, content.index(b"PK\x01\x02") + 8):  # the flags of the entry, here and in the list
        content[place] |= 1
    (tmp_path / "x.zip").write_bytes(content)

    with pytest.raises(BadExport, match=r"a\.json in x\.zip cannot be unpacked: .*password"):
        Archive(tmp_path / "x.zip").json("a.json")


def test_what_is_no_zip_is_not_there_or_is_no_json_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(b"%PDF")
    (tmp_path / "bad.json").write_bytes(b'[{"a": }]')

    with pytest.raises(BadExport, match=r"x\.pdf is neither a folder nor a zip"):
        Archive(tmp_path / "x.pdf")
    with pytest.raises(BadExport, match=r"There is no .*missing\.zip"):
        Archive(tmp_path / "missing.zip")
    with pytest.raises(BadExport, match=r"bad\.json is no JSON"):
        Archive(tmp_path).json("bad.json")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_nobody_may_read_is_one_sentence(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "x.zip", {"a.json": b"[]"})
    path.chmod(0)

    with pytest.raises(BadExport, match=r"Parley may not read x\.zip"):
        Archive(path)


def test_links_in_a_folder_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text("[]")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.json").symlink_to(tmp_path / "secret.json")

    assert [*Archive(tmp_path / "folder")] == []


def test_json_with_a_mark_of_order_and_halves_of_signs_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b'\xef\xbb\xbf["a"]')
    (tmp_path / "b.json").write_bytes(rb'["\ud83d!", "\ud83d\ude00"]')

    made = Archive(tmp_path)

    assert made.json("a.json") == ["a"]
    assert [each[-1] for each in made.json("b.json")] == ["!", "😀"]


def test_the_root_is_the_folder_with_the_markers_nearest_to_the_top(tmp_path: Path) -> None:
    for name in ("x/y/users.json", "x/users.json", "__MACOSX/x/users.json", "x/z/other.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("[]")
    made = Archive(tmp_path)

    assert roots(made, frozenset(["users.json"])) == ["x", "x/y"]
    assert sorted(made.below("x")) == ["users.json", "y/users.json", "z/other.json"]
