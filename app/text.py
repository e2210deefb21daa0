"""What people type, as it is kept, and whether any of it shows. Pure; static/js/text.js has the same rules."""

import unicodedata

import regex

_WHITE_SPACE = "".join(char for char in map(chr, range(0x3001)) if regex.match(r"\p{White_Space}", char))
_CONTROLS = regex.compile(r"[\x01-\x08\x0b-\x1f\x7f]")

# Beside white space, controls, marks that stand on nothing and what Unicode says nobody sees by default (zero width
# signs, directions, Hangul fillers, variation selectors), a few signs are blank: a Braille cell without dots, the
# frames of annotations, a note without a head, Egyptian blanks. Signs newer than our tables are not among them.
_VISIBLE = regex.compile(
    r"[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{M}\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}"
    r"\u2800\uFFF9-\uFFFB\U0001D159\U00013430-\U00013442]"
)


def is_visible(text: str) -> bool:
    """Whether somebody who looks at the text sees anything."""
    return _VISIBLE.search(text) is not None


def normal_text(text: str) -> str:
    """NFC, line ends as `\\n`, without controls, blank lines before and white space after; otherwise as typed.

    NUL stays: who sends that is refused.
    """
    lines = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    whole = unicodedata.normalize("NFC", lines).rstrip(_WHITE_SPACE)
    before = len(whole) - len(whole.lstrip(_WHITE_SPACE))
    return whole[whole.rfind("\n", 0, before) + 1 :]
