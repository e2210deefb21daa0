"""Messages of thirteen languages: words as often as they are in real texts, and no two seeds alike.

Words are drawn one by one, so nothing is about anything; the frequencies are those of `wordfreq` (subtitles, Wikipedia,
the web). A real chat has fewer words that differ, and those that stand together more often.
"""

import string
from dataclasses import dataclass
from typing import Any

import numpy as np
import wordfreq

Array = np.ndarray[Any, Any]
Random = np.random.Generator

# Of all messages; a room has a language of its own, too.
SHARES = {"en": 0.36, "de": 0.12, "ru": 0.1, "uk": 0.07, "fr": 0.06, "es": 0.06, "pl": 0.04, "cs": 0.03}
SHARES |= {"zh": 0.06, "ja": 0.04, "ko": 0.02, "he": 0.02, "ar": 0.02}
WITHOUT_SPACES = ("zh", "ja")
WORDS = 60_000  # the most frequent of each language
CHARACTERS, CHARACTERS_WITHOUT_SPACES = 82, 41  # of a message, on average; Chinese says it in half as many
SHORTEST, LONGEST = 8, 600
ADDRESSES = 0.05  # of messages that have an address or an identifier

# Put into messages by `batches`; no other message has them.
RARE, WALL = "zebrafinch", "sprintboard"


@dataclass(frozen=True, slots=True)
class Language:
    """`upto[n]` is the chance that a word is one of the first n + 1."""

    words: Array
    upto: Array
    letters: float
    between: str


def language(code: str) -> Language:
    """The most frequent words of a language."""
    chances: dict[str, float] = {}
    for centibels, words in enumerate(wordfreq.get_frequency_list(code)):
        usable = (word for word in words if not any(character.isdigit() for character in word))
        chances |= dict.fromkeys(usable, 10 ** (-centibels / 100))
        if len(chances) >= WORDS:
            break
    chance = np.array([*chances.values()])
    chance /= chance.sum()
    words = np.array([*chances], dtype=object)
    letters = float(sum(len(word) * share for word, share in zip(words, chance, strict=True)))
    return Language(words, np.cumsum(chance), letters, "" if code in WITHOUT_SPACES else " ")


def texts(random: Random, languages: list[Language], of_each: Array) -> list[str]:
    """A text for each message; `of_each` is the place of its language."""
    found = [""] * len(of_each)
    for place, language in enumerate(languages):
        messages = np.flatnonzero(of_each == place)
        for message, text in zip(messages.tolist(), _in_one(random, language, len(messages)), strict=True):
            found[message] = text
    for message in np.flatnonzero(random.random(len(found)) < ADDRESSES).tolist():
        found[message] = f"{found[message]} {_address(random)}"
    return found


def _in_one(random: Random, language: Language, count: int) -> list[str]:
    mean = CHARACTERS if language.between else CHARACTERS_WITHOUT_SPACES
    characters = np.minimum(SHORTEST + random.gamma(1.5, (mean - SHORTEST) / 1.5, count), LONGEST)
    lengths = np.maximum(1, np.rint(characters / (language.letters + len(language.between)))).astype(int)
    ends = np.cumsum(lengths)
    drawn = np.searchsorted(language.upto, random.random(int(ends[-1]) if count else 0))
    words = language.words[np.minimum(drawn, len(language.words) - 1)].tolist()
    begins = (ends - lengths).tolist()
    return [language.between.join(words[begin:end]) for begin, end in zip(begins, ends.tolist(), strict=True)]


def _address(random: Random) -> str:
    """An address or an identifier, as they are pasted into chats."""
    one, two = _letters(random), _letters(random)
    number = int(random.integers(1, 100_000))
    forms = (
        f"https://www.{one}.example/{two}/{number}?id={number}",
        f"{one}.{two}@example.org",
        f"{one}_{two}_{number}",
        f"{one}{two.capitalize()}({number})",
        f"/srv/{one}/{two}.py:{number}",
        f"{random.integers(1 << 40, 1 << 44):x}",
        f"v{number % 10}.{number % 37}.{number % 11}",
        f"#{number}",
        f"+49 30 {number:05} {number % 97:02}",
    )
    return forms[random.integers(len(forms))]


def _letters(random: Random) -> str:
    return "".join(string.ascii_lowercase[place] for place in random.integers(0, 26, random.integers(4, 9)))
