"""Logins that nobody may have: words that call everybody, here or in other chats, or that pass for Parley itself. Pure.

Whoever has such a login from before keeps it and logs in with it; `@all` calls everybody, and not them.
"""

import unicodedata

import regex

WORDS = ("all", "here", "everyone", "channel", "admin", "parley")

# What looks like these letters, by Unicode's UTS 39 and where digits stand for letters; of letters that logins may
# have. Not i for l, though 1 for both: Ali is a name.
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
    "v": "ᴠνѵᏙᐯⴸꓦꛟ𖼈",
    "y": "ɏɣʏᶌỿꭚγυуүყᎩᎽꓬ𖽃",
}
_PAIRS = {"m": "rn"}
_SIGNS_AND_MARKS = regex.compile(r"[^\p{L}\p{N}]+")


def _likes(letter: str) -> str:
    return f"(?:[{letter}{LOOKALIKES[letter]}]|{_PAIRS.get(letter, letter)})"


_RESERVED = regex.compile("|".join("".join(map(_likes, word)) for word in WORDS))


def is_reserved(key: str) -> bool:
    """Whether a login's key is one of the words or looks like one.

    Signs do not count: “@all.” calls as “@all” does.
    """
    bare = _SIGNS_AND_MARKS.sub("", unicodedata.normalize("NFD", key))
    return _RESERVED.fullmatch(bare) is not None
