"""The names of files keep their letters and lose their tricks."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.base.file_names import MAX_NAME_BYTES, clean_name
from app.base.text import INVISIBLE, is_visible

KEPT = [
    "report.pdf",
    "Отчёт за май (2).docx",
    "تقرير نهائي.pdf",
    "דוח סופי.pdf",
    "می‌شود.txt",
    "ශ්‍රී.txt",
    "年度報告.xlsx",
    "👩‍💻 🏴󠁧󠁢󠁥󠁮󠁧󠁿.png",
    ".gitignore",
    "archive.tar.gz",
    'a "quoted"; name=x*y?%41.txt',
    "<img src=x onerror=alert(1)>.svg",
    "Meeting etc.",
]
CLEANED = {
    "../../etc/passwd": "passwd",
    "/etc/shadow": "shadow",
    "C:\\fakepath\\me.jpg": "me.jpg",
    "..\\..\\boot.ini": "boot.ini",
    "folder/": "folder",
    "photo\u202egpj.exe": "photogpj.exe",
    "photo\u2066gpj\u2069.exe": "photogpj.exe",
    "a\u200f\u061c\u200eb.txt": "ab.txt",
    "nul\x00.exe": "nul.exe",
    "two\r\nSet-Cookie: x=1.txt": "two Set-Cookie: x=1.txt",
    "line\u2028break\u2029.txt": "line break .txt",
    "tab\there.txt": "tab here.txt",
    "esc\x1b[31m.txt": "esc[31m.txt",
    "soft\u00adhyphen\ufeff\u200b.txt": "softhyphen.txt",
    "half\ud83d.txt": "half.txt",
    "holiday.jpg                       .exe": "holiday.jpg .exe",
    "  around  ": "around",
    "e\u0301te\u0301.txt": "été.txt",
    "": "file",
    " ": "file",
    ".": "file",
    "..": "file",
    "/": "file",
    "\u202e": "file",
    "\u2800": "file",
    "\u0301": "file",
}


@pytest.mark.parametrize("name", KEPT)
def test_a_name_without_tricks_is_kept(name: str) -> None:
    assert clean_name(name) == name


@pytest.mark.parametrize("given_name", CLEANED)
def test_a_name_loses_path_directions_and_controls(given_name: str) -> None:
    assert clean_name(given_name) == CLEANED[given_name]


@pytest.mark.parametrize("letter", ["a", "я", "報", "👩"])
def test_a_long_name_keeps_its_ending(letter: str) -> None:
    name = clean_name(letter * 400 + ".tar.gz")

    assert name.endswith(f"{letter}.gz")
    assert MAX_NAME_BYTES - 4 < len(name.encode()) <= MAX_NAME_BYTES


def test_a_long_name_without_an_ending_is_cut() -> None:
    assert clean_name("a" * 400) == "a" * MAX_NAME_BYTES
    assert clean_name("a." + "b" * 400) == "a." + "b" * (MAX_NAME_BYTES - 2)
    assert clean_name("." + "b" * 400) == "." + "b" * (MAX_NAME_BYTES - 1)


@pytest.mark.parametrize("filler", ["\u0301", "."])
def test_a_name_of_which_nothing_is_seen_when_it_is_cut_is_none(filler: str) -> None:
    assert clean_name(filler * 400 + "a" * 20) == "file"


@given(st.text(st.characters() | st.sampled_from("./\\\u202e\u200d\x00\n 👩💻"), max_size=400))
def test_every_name_is_safe_and_stays_as_it_is_when_cleaned_again(given_name: str) -> None:
    name = clean_name(given_name)

    assert clean_name(name) == name
    assert is_visible(name)
    assert not set(name) & {"/", "\\", "\n", "\r", "\0"}
    assert name not in (".", "..")
    assert INVISIBLE.search(name) is None
    assert len(name.encode()) <= MAX_NAME_BYTES
    assert unicodedata.is_normalized("NFC", name)
