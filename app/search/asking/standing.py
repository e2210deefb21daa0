"""A quick look at whether words may stand in a text next to each other. Pure.

Most of what the index proposes for a phrase of common words does not have it, and to take all words of a text takes ten
times as long as to see that. Here each character of the text is folded alone, whatever its script. Where that does not
say how a word with it is folded, as of an accent that stands alone, the closer look decides.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from app.search.asking.question import Word
from app.search.words.folding import APOSTROPHES, LONGEST_CHARS, QUOTES, UNTYPED, folded, form_of
from app.search.words.tokens import HYPHENS, SHORTEST_PHONE, UNSPACED

_UNSURE = "\ue000"
_RUN = re.compile(f"[{UNSPACED}]")
_WITHIN = "['-]*"  # a word: it's is its, e-mail is email
# Between two words: James's is James, l'équipe is équipe, v1 is 1.
_BETWEEN = r"(?:'[\w']{1,6})?[ '-]*(?:\w{1,6}'+|v)?"


class _Letters(dict[int, str]):
    """What each character is in the words of a text, by its code: filled as characters are met."""

    def __missing__(self, code: int) -> str:
        self[code] = _folded_alone(chr(code))
        return self[code]


_LETTERS = _Letters()


def may_stand(text: str, words: Sequence[Word]) -> bool:
    """Whether to look closer; where it says no, the words do not stand there. Takes time in proportion to both."""
    if not (patterns := _patterns(tuple(words))):
        return True
    plain = text.translate(_LETTERS)
    return _UNSURE in plain or all(pattern.search(plain) for pattern in patterns)


@lru_cache(1 << 10)
def _patterns(words: tuple[Word, ...]) -> list[re.Pattern[str]]:
    """What all texts have in which these words stand: each two neighbours; nothing where that is not known.

    Not all words in one pattern: what stands between two may be read in several ways, and with each word more they
    multiply.
    """
    if not all(map(_is_plain, words)):
        return []
    forms = [word.form if word.how == "run" else _WITHIN.join(folded(word.form)) for word in words]
    found = [_BETWEEN.join(pair) for pair in pairwise(forms)] or forms
    return [re.compile(each) for each in found]


def _is_plain(word: Word) -> bool:
    """Whether it is letters and digits that stand side by side in each text; those of a telephone number may not."""
    form = word.form if word.how == "run" else folded(word.form)
    is_number = form.isdigit() and len(form) >= SHORTEST_PHONE
    return word.how in ("exact", "run") and form.isalnum() and len(form) < LONGEST_CHARS and not is_number


def _folded_alone(char: str) -> str:
    if char in APOSTROPHES or char in QUOTES:
        return "'"
    if char in HYPHENS:
        return "-"
    if UNTYPED.match(char):
        return " " if char.isspace() else ""
    if unicodedata.category(char)[0] == "M" or "\u1100" <= char <= "\u11ff":  # parts of Hangul's syllables
        return _UNSURE
    if not (char.isalnum() or _RUN.match(char)):
        return " "
    return folded(form_of(char)) if unicodedata.is_normalized("NFKC", char) else _UNSURE
