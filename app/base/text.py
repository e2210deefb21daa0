"""What people type, as it is kept, and whether any of it shows. Pure; static/js/lib/text.js has the same rules."""

import re
import unicodedata

import regex

_CONTROLS = regex.compile(r"[\x01-\x08\x0b-\x1f\x7f]")

# Beside white space, controls, marks that stand on nothing and what Unicode says nobody sees by default (zero width
# signs, directions, Hangul fillers, variation selectors), a few signs are blank: a Braille cell without dots, the
# frames of annotations, a note without a head, Egyptian blanks. Signs newer than our tables are not among them.
_UNSEEN = (
    r"\p{White_Space}\p{Default_Ignorable_Code_Point}\p{M}\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}"
    r"\u2800\uFFF9-\uFFFB\U0001D159\U00013430-\U00013442"
)
_VISIBLE = regex.compile(f"[^{_UNSEEN}]")
# A letter, a digit, an emoji or another sign that says something by itself.
READABLE = rf"(?V1)[[\p{{L}}\p{{N}}\p{{So}}\p{{Sc}}]--[{_UNSEEN}]]"

_PLAIN = re.compile(r"[!-~]")  # in most texts, and found at once; `regex` takes a microsecond for each search

# Joiners that writing needs: after a virama (ශ්‍රී) or before one (র‍্য), between Arabic letters (می‌شود); and what stands
# before the vowel that ends a Mongolian word, which is drawn apart.
JOINERS_OF_WRITING = (
    r"(?<=\p{ccc=9})[\u200C\u200D]|(?<=\p{L}\p{M}*)[\u200C\u200D](?=\p{ccc=9})"
    r"|(?<=\p{scx=Arab})\u200C(?=\p{scx=Arab})"
    r"|(?<=[\u1820-\u1842][\u180B-\u180D]?)\u180E(?=[\u1820\u1821](?!\p{L}))"
)
# And those inside an emoji, with the signs that make a flag of a region.
_JOINERS = (
    rf"{JOINERS_OF_WRITING}"
    r"|(?<=\p{Extended_Pictographic}[\uFE0F\p{Emoji_Modifier}]?)\u200D(?=\p{Extended_Pictographic})"
    r"|(?<=\U0001F3F4)[\U000E0020-\U000E007E]+\U000E007F"
)
# Controls, directions, other invisible formats, lone surrogates and private characters; those joiners are none.
INVISIBLE = regex.compile(rf"(?V1)(?:{_JOINERS})(*SKIP)(*FAIL)|[\p{{C}}--\p{{Cn}}]")

_UNFIT = regex.compile(r"[\p{Cc}\p{Cs}]")


def is_visible(text: str) -> bool:
    """Whether somebody who looks at the text sees anything."""
    return _PLAIN.search(text) is not None or _VISIBLE.search(text) is not None


def normal_text(text: str) -> str:
    """NFC, line ends as `\\n`, without controls, blank lines before and white space after; otherwise as typed.

    NUL stays: who sends that is refused.
    """
    if text.isascii() and text.isprintable():  # most texts: one line without anything to mend before its end
        return text.rstrip()
    # Without those controls, what Python takes for space is what Unicode and the page do.
    lines = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    whole = unicodedata.normalize("NFC", lines).rstrip()
    before = len(whole) - len(whole.lstrip())
    return whole[whole.rfind("\n", 0, before) + 1 :]


def one_line(text: str) -> str:
    """What was typed to search for, as it can be stored and shown: spaces for controls and for halves of a sign."""
    line: str = _UNFIT.sub(" ", text)
    return line
