"""Logins, display names and e-mail addresses."""

import hashlib
import string
import unicodedata

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from app.auth import names
from app.base.unicode import is_settled

KEPT_LOGINS = {
    "alice": "alice",
    " Alice ": "alice",
    "ａｌｉｃｅ": "alice",
    "STRASSE": "strasse",
    "Straße": "strasse",
    "a.b_c-9": "a.b_c-9",
    "123": "123",
    "Оксана": "оксана",
    "тест_1": "тест_1",
    "Ἀθηνᾶ": "ἀθηνᾶ",
    "मीनाक्षी": "मीनाक्षी",
    "ไทยแลนด์": "ไทยแลนด์",
    "مريم": "مريم",
    "שרה": "שרה",
    "李小雷": "李小雷",
    "山田たろう": "山田たろう",
    "ニコラー": "ニコラー",
    "김철수": "김철수",
    "金철수": "金철수",
    "ㄅㄆ李": "ㄅㄆ李",
    "e\u0301va": "éva",
    "a" * 32: "a" * 32,
    "أحمد٣": "أحمد٣",
    "мар'яна": "мар'яна",
    "Мар’яна": "мар'яна",
    "мар\u02bcяна": "мар'яна",
    "O’Brien": "o'brien",
    "d\u00b4Arc": "d'arc",
    "Ka\u02bbiulani": "ka'iulani",
    "ג׳ורג׳": "ג'ורג'",
    "רמב״ם": "רמב״ם",
    'רמב"ם': "רמב״ם",
    "ΓΙΆΝΝΗΣ": "γιάννης",
    "γιάννησ": "γιάννης",
    "Γιάννης.Σεφέρης": "γιάννης.σεφέρης",
    "σσσ": "σσς",
    "র\u200d্যাব": "র্যাব",
    "می\u200cشود": "میشود",
    "İrem": "irem",
    "İREM": "irem",
    "i\u0307rem": "irem",
    "J\u0307on": "jon",
    "\u0456\u0307ван": "іван",
    "Marcel·la": "marcel·la",
    "MARCEĿLA": "marcel·la",
    "阿卜杜拉·买买提": "阿卜杜拉·买买提",
    "ジョン・スミス": "ジョン・スミス",
    "ｼﾞｮﾝ･ｽﾐｽ": "ジョン・スミス",
    "བསྟན་འཛིན་": "བསྟན་འཛིན",
    "བསྟན\u0f0cའཛིན": "བསྟན་འཛིན",
    "ᠠᠷᠭ\u180eᠠ": "ᠠᠷᠭᠠ",
    "ᠮᠣᠩᠭᠣᠯ\u180b": "ᠮᠣᠩᠭᠣᠯ",
    "\ufeff\u2068alice\u2069": "alice",
    "יוסי\u200f ": "יוסי",
    "សុខ\u200bណា": "សុខណា",
}

REFUSED_LOGINS = {
    "nothing": "",
    "spaces only": "   ",
    "two characters": "李雷",
    "33 characters": "a" * 33,
    "33 after folding": "ß" * 16 + "a",
    "space inside": "al ice",
    "at sign": "alice@home",
    "slash": "ali/ce",
    "quote": 'ali"ce',
    "markup": "<b>alice",
    "emoji": "alice😀",
    "new line": "ali\nce",
    "NUL": "ali\0ce",
    "lone surrogate": "ali\ud800ce",
    "right-to-left override": "ali\u202ece",
    "zero-width space": "ali\u200bce",
    "zero-width joiner": "ali\u200dce",
    "soft hyphen": "ali\u00adce",
    "byte order mark": "ali\ufeffce",
    "variation selector": "ali\ufe0fce",
    "grapheme joiner": "ali\u034fce",
    "invisible Hangul filler": "\u3164\u3164\u3164",
    "private character": "ali\ue000ce",
    "punctuation only": "._-",
    "mark without a letter": "\u0301abc",
    "mark on a digit": "abc1\u0301",
    "five marks on a letter": "a\u0316\u0317\u0318\u0319\u031cbc",
    "Cyrillic а in Latin": "аlice",
    "Latin a in Cyrillic": "Оксaна",
    "Greek ο in Latin": "bοb",
    "Latin and Han": "alice李",
    "Hangul and Hiragana": "김수たろ",
    "Latin and Arabic digit": "alice٣",
    "two kinds of digits": "أحمد٣۳",
    "apostrophe at the beginning": "'bob",
    "apostrophe at the end": "bob'",
    "two apostrophes": "o''brien",
    "apostrophe at a digit": "1'abc",
    "apostrophe at a dot": "o'.brien",
    "gershayim in Latin": "o״brien",
    "middle dot at the beginning": "·lla",
    "middle dot at the end": "lla·",
    "two middle dots": "l··la",
    "middle dot in Cyrillic": "мар·яна",
    "bullet": "marcel•la",
    "Japanese dot in Latin": "bob・la",
    "tsheg in Latin": "bob་la",
    "two tshegs": "ཀ་་ཁ",
    "Mongolian separator in Latin": "abc\u180ed",
    "Mongolian separator in the middle of a word": "ᠠᠷᠭ\u180eᠠᠷ",
    "Mongolian variant in Latin": "abc\u180bd",
    "word with a middle dot": "al·l",
    "letter that folds since Unicode 16": "\ua7cbabc",
    "ideograph of Unicode 15": "\U000313b0\U000313b1\U000313b2",
}


@pytest.mark.parametrize(("typed", "key"), KEPT_LOGINS.items())
def test_login_is_kept_in_one_form(typed: str, key: str) -> None:
    assert names.login(typed) == key


@pytest.mark.parametrize("typed", REFUSED_LOGINS.values(), ids=REFUSED_LOGINS.keys())
def test_login_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(names.BadName, match=r"^[A-Z].*\.$"):
        names.login(typed)


def test_logins_that_differ_in_their_apostrophe_are_one() -> None:
    assert {names.login(f"мар{apostrophe}яна") for apostrophe in names.APOSTROPHES} == {"мар'яна"}


def test_every_character_of_a_login_stands_in_the_class_that_mentions_use() -> None:
    mentioned = regex.compile(f"[{names.LOGIN_CHARACTERS}]+")

    assert all(mentioned.fullmatch(key) for key in KEPT_LOGINS.values())
    assert all(mentioned.fullmatch(char) for char in names.APOSTROPHES)
    assert not any(mentioned.fullmatch(char) for char in '@ /"`<>&#,;:!?()[]')


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_a_key_leaves_what_is_newer_than_unicode_14_alone(typed: str) -> None:
    newer = "".join(char for char in "\ua7cb\u1c89\U00010d50\U0001e030" if not is_settled(char))

    assert len(newer) == 4
    assert names.login_key(f"A{newer}B{typed}").startswith(f"a{newer}b")


def test_the_table_of_unicode_14_is_what_python_has() -> None:
    """Every supported Python has all of them, and the oldest one no other."""
    characters = [*map(chr, range(0x110000))]
    settled = {*filter(is_settled, characters)}
    here = {char for char in characters if unicodedata.category(char) != "Cn"}

    assert settled <= here
    assert len(settled) == 144_697 + 65 + 137_468 + 2_048  # signs, controls, private ones, surrogates
    assert unicodedata.unidata_version != "14.0.0" or settled == here


def test_every_version_of_python_folds_what_unicode_14_has_alike() -> None:
    """The digest is that of Python 3.11; 3.12 and 3.13 have the same."""
    folds = hashlib.sha256()
    for char in filter(is_settled, map(chr, [*range(0xD800), *range(0xE000, 0x110000)])):
        key = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", char).casefold())
        found = unicodedata.normalize("NFKD", char).lower()
        folds.update(repr((ord(char), [*map(ord, key)], [*map(ord, found)])).encode())

    assert folds.hexdigest().startswith("8ce11e0ae388fafe")


TYPED = "".join(
    ["0.-_l·・ཀ་\u0f0cᠠ\u180e\u180b\u0307\u0323ßİｱäΣςσſﬁŉЖ李한é\u0301\u0345יﬀЯ্র\u200d\u200cی", names.APOSTROPHES, '"״”']
)


@given(st.text(st.sampled_from(string.ascii_letters + TYPED), max_size=40))
def test_login_of_a_login_is_itself(typed: str) -> None:
    try:
        key = names.login(typed)
    except names.BadName:
        return

    assert names.login(key) == key
    assert len(key) in names.LOGIN_CHARS


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Alice Moreau", "Alice Moreau"),
        ("  Alice \t Moreau ", "Alice Moreau"),
        ("e\u0301va", "éva"),
        ("O'Brien <b>&</b>", "O'Brien <b>&</b>"),
        ("李雷", "李雷"),
        ("नमस्ते", "नमस्ते"),
        ("ශ්\u200dරී", "ශ්\u200dරී"),
        ("می\u200cشود", "می\u200cشود"),
        ("র\u200d্যাব", "র\u200d্যাব"),
        ("ᠠᠷᠭ\u180eᠠ ᠪᠠᠲᠤ", "ᠠᠷᠭ\u180eᠠ ᠪᠠᠲᠤ"),
        ("Marcel·la", "Marcel·la"),
        ("བསྟན་འཛིན་", "བསྟན་འཛིན་"),
        ("\U0001f3f4\U000e0067\U000e0062\U000e007f", "\U0001f3f4\U000e0067\U000e0062\U000e007f"),
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        ("👩🏽\u200d🚀", "👩🏽\u200d🚀"),
        ("🏳\ufe0f\u200d🌈", "🏳\ufe0f\u200d🌈"),
        ("🇺🇦", "🇺🇦"),
        ("\u2068Alice\u2069", "Alice"),
        ("יוסי כהן\u200f ", "יוסי כהן"),
        ("\u202b \u200eعلي\u202c\ufeff", "علي"),
        ("សុខ\u200bណា", "សុខណា"),
        ("x" * 64, "x" * 64),
    ],
)
def test_display_name_is_kept(typed: str, name: str) -> None:
    assert names.display_name(typed) == name


@pytest.mark.parametrize(
    "typed",
    [
        *("", "   ", "x" * 65, "\u3164", "\u2800", "\u200d", "\ufe0f"),
        *(
            "ali\u202ece",
            "ali\u2066ce\u2069!",
            "ali\u200bce",
            "a\u200db",
            "a\u200cb",
            *("a\u180eb", "ᠠ\u180e", "\u180eᠠ", "ᠠ\u180e\u180eᠠ", "ᠠᠷᠭ\u180eᠠᠷ"),
            "\u200d্র",
            "a\U000e0067\U000e007f",
            "👩\u200d",
            "\u200d👩",
        ),
        *("ali\0ce", "ali\x1bce", "ali\x9fce", "\ud800", "\ue000", "a\u0316\u0317\u0318\u0319\u031cb"),
    ],
)
def test_display_name_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(names.BadName, match=r"^[A-Z].*\.$"):
        names.display_name(typed)


@pytest.mark.parametrize(
    ("typed", "key"),
    [(" Alice@Example.ORG ", "alice@example.org"), ("李@例子.中国", "李@例子.中国"), ("a+b@c.d", "a+b@c.d")],
)
def test_email_is_kept_in_lower_case(typed: str, key: str) -> None:
    assert names.email(typed) == key


@pytest.mark.parametrize(
    "typed",
    ["alice", "alice@", "@example.org", "a@b", "a b@c.d", "a@b@c.d", "a@c.d\0", "a@c.\u202ed", "a" * 250 + "@c.de"],
)
def test_email_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(names.BadName, match=r"^[A-Z].*\.$"):
        names.email(typed)


@pytest.mark.parametrize("typed", ["", " ", "a\0b", "\ud800", "x" * 255, "a@b\x00"])
def test_account_key_of_what_no_account_can_have_is_none(typed: str) -> None:
    assert names.account_key(typed) is None
