"""What is one emoji. Pure."""

import regex

MAX_EMOJI_CHARS = 32

# As in annex 51 of the Unicode standard: a flag, a key, or signs joined by U+200D, each with its looks, its colour or
# its tags (the flag of Scotland). `isEmoji` of static/js/text.js is the same.
_FLAG = r"[\U0001F1E6-\U0001F1FF]{2}"
_KEY = r"[0-9#*]\uFE0F?\u20E3"
_SIGN = r"\p{Extended_Pictographic}(?:\uFE0F|[\U0001F3FB-\U0001F3FF]|[\U000E0020-\U000E007E]+\U000E007F)?"
_EMOJI = regex.compile(rf"{_FLAG}|{_KEY}|{_SIGN}(?:\u200D{_SIGN})*")


def is_emoji(text: str) -> bool:
    """Whether a text is one emoji and nothing else."""
    return len(text) <= MAX_EMOJI_CHARS and _EMOJI.fullmatch(text) is not None
