"""What looks alike has one skeleton, and what people can tell apart has not."""

import unicodedata
from pathlib import Path

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from app.base import skeleton as skeleton_module
from app.base.skeleton import lookalikes, skeleton
from tests.base import confusables

ALIKE = (
    (
        "alice",
        "Alice",
        "ALICE",
        "ɑlice",
        "a1ice",
        "al1ce",
        "alice.",
        "a.l-i_c'e",
        "AIice",
        "аӏісе",
        "álice",
        "ａｌｉｃｅ",
    ),
    ("mark", "rnark", "m.ark", "Mark"),
    ("bob", "b0b", "B O B", "bοb"),
    ("walter", "vvalter"),
    ("Admin One", "АDMIN  0ne", "adm1n·one"),
    ("Оксана", "оксана", "0ксана", "Okcaнa", "ОКСАНА"),
    ("Андрей", "андреи", "АНДРЕИ"),
    ("Nina", "Νina", "nina"),
    ("Γιάννης", "γιαννης", "ΓΙΑΝΝΗΣ"),
    ("مريم٠", "مريم0", "مريم۰"),
    ("李小雷", "李.小雷"),
    ("straße", "STRASSE", "strasse"),
    ("İrem", "irem", "i\u0307rem"),
    ("marcel·la", "marcella", "MARCEĿLA"),
    ("བསྟན་འཛིན་", "བསྟནའཛིན"),
    ("ᠠᠷᠭ\u180eᠠ", "ᠠᠷᠭᠠ", "ᠠᠷᠭ\u180bᠠ"),
    ("Ann Lee", "Ann\ufe0f Lee", "Ann \u034fLee", "An\u3164nLee", "An\u17b4n Lee", "A\U000e0100nn Lee"),
)
SMALL = regex.compile(r"\p{L}+")
APART = (
    ("alice", "alica", "alicia", "malice"),
    ("anna1", "anna2", "anna12", "anna21", "anna"),
    ("हिन्दी", "हनद", "हिनदी"),
    ("か", "が"),
    ("李雷", "李小雷"),
    ("🙂", "🚀", "…", "-"),
)


@pytest.mark.parametrize("texts", ALIKE)
def test_what_looks_alike_has_one_skeleton(texts: tuple[str, ...]) -> None:
    assert len({skeleton(text) for text in texts}) == 1, [skeleton(text) for text in texts]


@pytest.mark.parametrize("texts", APART)
def test_what_can_be_told_apart_has_two(texts: tuple[str, ...]) -> None:
    assert len({skeleton(text) for text in texts}) == len(texts)


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=40))
def test_a_skeleton_is_never_empty_and_its_own_skeleton(text: str) -> None:
    assert skeleton(text)
    assert skeleton(skeleton(text)) == skeleton(text)


def test_the_table_is_what_the_package_makes() -> None:
    stored = Path(skeleton_module.__file__).with_name("confusables.txt").read_text("ascii")

    assert stored.splitlines() == [*confusables.lines()]
    assert lookalikes() == confusables.table()


def test_small_letters_that_unicode_says_look_alike_have_one_skeleton() -> None:
    """Those of logins: without accents, which are left out, and digits, which are those of ASCII first."""
    small = [pair for pair in confusables.pairs() if all(SMALL.fullmatch(each) and key(each) == each for each in pair)]

    assert len(small) > 500
    assert [pair for pair in small if skeleton(pair[0]) != skeleton(pair[1])] == []


def key(text: str) -> str:
    """Folded as a login is."""
    return unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
