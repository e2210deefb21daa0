"""What a login, a display name and an e-mail address may be. Pure functions: typed text in, stored text out.

They raise `BadName`, whose message says what to do. Rules for scripts follow Unicode's UTS 39 (section 5.1, single
script) and UAX 31 (tables 5 and 7, the scripts in use today).
"""

import unicodedata

import regex

from app.base.reserved import has_title, is_reserved
from app.base.text import INVISIBLE, JOINERS_OF_WRITING, is_visible
from app.base.unicode import is_settled, settled

LOGIN_CHARS = range(3, 33)
DISPLAY_NAME_CHARS = range(1, 65)
EMAIL_CHARS = 254

# One line, one script; the three mixtures that are how Japanese, Korean and Bopomofo are written count as one.
_SCRIPTS = """
Hani Hira Kana;Hani Hang;Hani Bopo
Arab;Armn;Beng;Cyrl;Deva;Ethi;Geor;Grek;Gujr;Guru;Hebr;Khmr;Knda;Laoo;Latn;Mlym;Mymr;Orya;Sinh;Taml;Telu;Thaa;Thai;Tibt
Adlm;Bali;Bamu;Batk;Cakm;Cans;Cham;Cher;Hmnp;Java;Kali;Lana;Lepc;Limb;Lisu;Mand;Mong;Mtei;Newa;Nkoo;Olck;Osge;Plrd;Rohg
Saur;Sund;Sylo;Syrc;Tale;Talu;Tavt;Tfng;Vaii;Wcho;Yiii
""".strip().replace("\n", ";")


def _characters_of(scripts: str) -> str:
    return "[" + "".join(rf"\p{{scx={script}}}" for script in ["Zyyy", "Zinh", *scripts.split()]) + "]+"


# With POSIX, the longest stretch of one script that begins somewhere.
ONE_SCRIPT = regex.compile("|".join(_characters_of(scripts) for scripts in _SCRIPTS.split(";")), regex.POSIX)
# The apostrophes of keyboards and the letters that look like one. A login keeps the first, whichever was typed.
APOSTROPHES = "'\u2019\u2018\u02bc\u02bb\u02b9\u02c8\ua78c\u05f3\u055a\u2032\u00b4\uff07"
# What stands between two letters of a word: the dot of Catalan's l·l and of foreign names in Chinese; that of names in
# Japanese; the tsheg between Tibetan syllables, of which there are two.
MIDDLE_DOTS = "\u00b7\u30fb\u0f0b"
# Inside of a regular expression's [ ]: every character of which a login may be typed, and its mention.
LOGIN_CHARACTERS = rf"\p{{L}}\p{{M}}\p{{Nd}}._\-\u05f4\u200c\u200d\u180e{APOSTROPHES}{MIDDLE_DOTS}\uff65\u0f0c"
_GERSHAYIM = "\u05f4"  # as in צה״ל
_LOGIN = regex.compile(
    r"(?V1)(?:[\p{L}--\p{DI}][\p{M}--\p{DI}]{0,4}+|\p{Nd}|[._-]"
    rf"|(?<=\p{{L}}\p{{M}}*)['\u30fb\u0f0b](?=\p{{L}})|(?<=[\p{{Latn}}\p{{Han}}]\p{{M}}*)\u00b7(?=[\p{{Latn}}\p{{Han}}])"
    rf"|(?<=\p{{Hebr}})'|(?<=\p{{Hebr}}){_GERSHAYIM}(?=\p{{Hebr}}))+"
)
_TO_APOSTROPHE = dict.fromkeys(map(ord, APOSTROPHES), "'")
_HEBREW_QUOTE = regex.compile(r"(?<=\p{Hebr})[\"\u201d](?=\p{Hebr})")
_LAST_SIGMA = regex.compile(r"(?<=\p{L}\p{M}*)σ(?!\p{M}*'?\p{L})")
# A dot over a letter that has one: İ folds to i with another, which nobody can type.
_SECOND_DOT = regex.compile(r"(?V1)(?<=\p{Soft_Dotted}[\p{M}--\p{ccc=230}]*)\u0307+")
_LAST_TSHEG = regex.compile(r"(?<=[\p{L}\p{M}])[\u0f0b\u0f0c]+$")
_LETTER_OR_DIGIT = regex.compile(r"[\p{L}\p{Nd}]")
_EMAIL = regex.compile(r"[^@\s\p{C}]+@[^@\s\p{C}]+\.[^@\s\p{C}]+")

# What devices put around a name that is copied, and between words where spaces are not written: nobody sees either.
_UNSEEN = r"[\s\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
_AROUND = regex.compile(rf"\A{_UNSEEN}++|(?<!{_UNSEEN}){_UNSEEN}++\Z")
_UNSPACED = r"\p{Khmr}\p{Laoo}\p{Mymr}\p{Thai}"
_WORD_BREAK = rf"(?<=[{_UNSPACED}])\u200b(?=[{_UNSPACED}])"
_WORD_BREAKS = regex.compile(_WORD_BREAK)
_LOGIN_JOINERS = regex.compile(rf"{JOINERS_OF_WRITING}|{_WORD_BREAK}|(?<=[\u1820-\u18aa])[\u180b-\u180d\u180f]")
# Controls, directions, other invisible formats, lone surrogates and private characters.
_UNPRINTABLE = regex.compile(r"(?V1)[\p{C}--\p{Cn}]")
_STACKED_MARKS = regex.compile(r"\p{M}{5}")


class BadName(ValueError):
    """The message is a sentence for the person who typed it."""


def login_key(typed: str) -> str:
    """The one form of a login that is stored, shown, compared and unique: NFKC and casefolded.

    With one apostrophe, one dot over an i, and the sigma that ends a Greek word; without what nobody sees around it,
    the joiners that only change how letters are drawn, and the tsheg that ends a Tibetan word: what is stored is also
    what people read and type. It is the same with every version of Python.
    """
    return settled(_key, _LAST_TSHEG.sub("", _LOGIN_JOINERS.sub("", _AROUND.sub("", typed))))


def beginning(key: str, end: int) -> str:
    """The first characters of a `login_key`, as one themselves."""
    plain = key[:end]
    return plain if plain.isascii() else str(_LAST_SIGMA.sub("ς", plain))


def login(typed: str) -> str:
    """Check a new login and return its `login_key`.

    3 to 32 letters, digits, `.`, `_` and `-`, and apostrophes and middle dots between letters; letters, with up to four
    combining marks each, of one script; digits of one kind; none of the words that are reserved.

    Raises:
        BadName
    """
    key = login_key(typed)
    if not key:
        raise BadName("Choose a login.")
    if len(key) not in LOGIN_CHARS:
        raise BadName(f"Use {LOGIN_CHARS[0]} to {LOGIN_CHARS[-1]} characters.")
    if not _LOGIN.fullmatch(key) or not _LETTER_OR_DIGIT.search(key):
        raise BadName(
            "Use only letters, digits, dots, hyphens, underscores, and apostrophes or middle dots between letters."
        )
    if not is_settled(key):
        raise BadName("Use letters that all devices can show: one of these is too new.")
    if not ONE_SCRIPT.fullmatch(key) or len(_zeros(key)) > 1:
        raise BadName("Use letters and digits of one alphabet only: mixed ones look like other people's logins.")
    if is_reserved(key) or has_title(key):
        raise BadName("This is, or looks like, a word that nobody may have as a login. Choose another.")
    return key


def display_name(typed: str) -> str:
    """Check a display name and return it in NFC, trimmed, runs of spaces made one, without breaks that nobody sees.

    Raises:
        BadName
    """
    whole = _AROUND.sub("", unicodedata.normalize("NFC", typed))
    name = " ".join(_WORD_BREAKS.sub("", whole).split())
    if INVISIBLE.search(name):
        raise BadName("Take out the invisible characters.")
    if not is_visible(name) or _STACKED_MARKS.search(name):
        raise BadName("Use a name that people can read.")
    if len(name) not in DISPLAY_NAME_CHARS:
        raise BadName(f"Use at most {DISPLAY_NAME_CHARS[-1]} characters.")
    return name


def email_key(typed: str) -> str:
    """The one form of an e-mail address that is stored, compared and unique."""
    return unicodedata.normalize("NFC", typed.strip()).lower()


def email(typed: str) -> str:
    """Check that an e-mail address could be one and return its `email_key`; nothing is sent to see whether it works.

    Raises:
        BadName
    """
    key = email_key(typed)
    if len(key) > EMAIL_CHARS or not _EMAIL.fullmatch(key):
        raise BadName("Type an e-mail address such as name@example.org, or leave this empty.")
    return key


def account_key(typed: str) -> str | None:
    """What may be looked up for a login or an e-mail address typed at log in; None when no account can have it."""
    key = email_key(typed) if "@" in typed else login_key(typed)
    return key if key and len(key) <= EMAIL_CHARS and not _UNPRINTABLE.search(key) else None


def _key(text: str) -> str:
    plain = _HEBREW_QUOTE.sub(_GERSHAYIM, text.translate(_TO_APOSTROPHE))
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", plain).casefold())
    folded = unicodedata.normalize("NFKC", _SECOND_DOT.sub("", folded))
    key: str = _LAST_SIGMA.sub("ς", folded.translate(_TO_APOSTROPHE))  # ŉ folds to one with an apostrophe
    return key


def _zeros(text: str) -> set[int]:
    """The zero of each kind of digit in `text`: ٣ and ۳ look alike and have different ones."""
    return {ord(char) - unicodedata.decimal(char) for char in text if char.isdecimal()}
