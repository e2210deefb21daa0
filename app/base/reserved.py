"""Logins that nobody may have: words that call everybody, here or in other chats, or that pass for Parley itself. Pure.

Nor may a login or a name have a title as one of its words, such as “Admin” in “Admin One”; names of administrators may.
Whoever has such a login from before keeps it and logs in with it; `@all` calls everybody, and not them.
"""

import unicodedata
from functools import cache

import regex

from app.base.skeleton import lookalikes

TITLES = ("admin", "administrator", "moderator", "superuser", "sysadmin", "system", "webmaster")
WORDS = (
    *("all", "here", "everyone", "everybody", "channel", "nobody", "anonymous", "parley", "root", "owner", "operator"),
    *("postmaster", "security", "staff", "support", *TITLES),
)

# What looks like these letters beside what UTS 39 says (app/base/skeleton.py), and where digits stand for letters. Not
# i for l, though 1 for both: Ali is a name.
LOOKALIKES = {
    "a": "4ɑαаᎪᗅꓮ𖽀",
    "c": "ȼᴄσсᏟꓚ",
    "d": "đԁᎠᏧᑯᗞᗪꓒꓓ",
    "e": "3ɇꬲεеҽᎬⴹꓰ",
    "h": "ħηнһհᎻᏂᕼꓧ",
    "i": "1ıɩɪιіӏᎥꙇ",
    "l": "1łƚǀɩιіӏᏞᒪⵏꓡꓲ𖼖𖼨",
    "m": "μϻмᎷᗰꓟ",
    "n": "νոռꓠ",
    "o": "0øᴏᴑꬽοσоօⵔꓳဝዐჿ𐓪",
    "p": "ρрᏢᑭꓑ",
    "r": "ɍʀꭇꭈᴦгᎡᎱᏒᖇꓣ𐓜𖼵",
    "s": "5ʂѕ",
    "t": "7ŧтτ",
    "v": "ᴠνѵᏙᐯⴸꓦꛟ𖼈",
    "y": "ɏɣʏᶌỿꭚγυуүყᎩᎽꓬ𖽃",
}
_PAIRS = {"m": "rn", "w": "vv"}
_MARKS = regex.compile(r"\p{M}+")
_SIGNS_AND_MARKS = regex.compile(r"[^\p{L}\p{N}]+")


def _likes(letter: str) -> str:
    alike = "".join(sign for sign, like in lookalikes().items() if like.casefold() == letter)
    return f"(?:[{letter}{LOOKALIKES.get(letter, '')}{alike}]|{_PAIRS.get(letter, letter)})"


@cache  # made when a name is first looked at: it takes up to 25 ms
def _any_of(words: tuple[str, ...]) -> regex.Pattern[str]:
    likes = {letter: _likes(letter) for letter in {*"".join(words)}}
    return regex.compile("|".join("".join(likes[letter] for letter in word) for word in words))


# The logins of former members, by their id: see app/leaving/former.py.
_FORMER = regex.compile(r"former[._-]*\d+")


def is_reserved(key: str) -> bool:
    """Whether a login's key is one of the words or looks like one, or is such as former members have.

    Signs do not count: “@all.” calls as “@all” does.
    """
    return _any_of(WORDS).fullmatch(_bare(key)) is not None or _FORMER.fullmatch(key) is not None


def has_title(name: str) -> bool:
    """Whether a name, or one of its words, is a title or looks like one."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    title = _any_of(TITLES)
    return any(title.fullmatch(_bare(each)) for each in (folded, *_SIGNS_AND_MARKS.split(_without_marks(folded))))


def _bare(text: str) -> str:
    bare: str = _SIGNS_AND_MARKS.sub("", unicodedata.normalize("NFD", text))
    return bare


def _without_marks(text: str) -> str:
    bare: str = _MARKS.sub("", unicodedata.normalize("NFD", text))
    return bare
