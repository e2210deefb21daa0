"""What is one emoji, and the one form of it. Pure."""

from functools import lru_cache

import regex

MAX_EMOJI_CHARS = 32

# As in annex 51 of the Unicode standard: a flag, a key, or signs joined by U+200D, each with its looks, its colour or
# its tags (the flag of Scotland). `isEmoji` and `fullyQualified` of static/js/lib/text.js are the same.
_COLOUR = r"[\U0001F3FB-\U0001F3FF]"
_FLAG = r"[\U0001F1E6-\U0001F1FF]{2}"
_KEY = r"[0-9#*]\uFE0F\u20E3"
_SIGN = rf"\p{{Extended_Pictographic}}(?:\uFE0F|{_COLOUR}|[\U000E0020-\U000E007E]+\U000E007F)?"
_EMOJI = regex.compile(rf"{_FLAG}|{_KEY}|{_SIGN}(?:\u200D{_SIGN})*")
_LOOKS = regex.compile(r"[\uFE0E\uFE0F]")
# Signs that are text unless U+FE0F, or a colour, follows.
_TEXT_AT_FIRST = regex.compile(rf"(?V1)[\p{{Emoji}}--\p{{Emoji_Presentation}}](?!{_COLOUR})")


@lru_cache(1_000)
def fully_qualified(text: str) -> str:
    """The form of an emoji that Unicode's emoji-test.txt calls fully qualified: U+FE0F where it is needed, only there.

    Keyboards and other programs leave it out or add it: ❤ and ❤️ are one reaction.
    """
    return str(_TEXT_AT_FIRST.sub("\\g<0>\ufe0f", _LOOKS.sub("", text)))


@lru_cache(1_000)
def is_emoji(text: str) -> bool:
    """Whether a text is one emoji, in whatever form, and nothing else."""
    kept = fully_qualified(text)
    return len(kept) <= MAX_EMOJI_CHARS and _EMOJI.fullmatch(kept) is not None
