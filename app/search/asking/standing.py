"""A quick look at whether words may stand in a text next to each other. Pure.

Most of what the index proposes for a phrase of common words does not have it, and to take all words of a text takes ten
times as long as to see that.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from app.search.asking.question import Word
from app.search.words.folding import LONGEST_CHARS

_WITHIN = "['`]*"  # a word: it's is its
# Between two words: James's is James, l'équipe is équipe.
_BETWEEN = r"(?:['`][a-z]{1,3})?[\W_]*(?:[a-z]{1,7}['`])?"


def may_stand(text: str, words: Sequence[Word]) -> bool:
    """Whether to look closer; where it says no, the words do not stand there."""
    pattern = _pattern(tuple(words)) if text.isascii() else None
    return pattern is None or pattern.search(text) is not None


@lru_cache(1 << 10)
def _pattern(words: tuple[Word, ...]) -> re.Pattern[str] | None:
    """What all plain texts have in which these words stand; None where that is not known."""
    if all(map(_is_plain, words)):
        return re.compile(_BETWEEN.join(_WITHIN.join(word.form) for word in words), re.IGNORECASE)
    return None


def _is_plain(word: Word) -> bool:
    form = word.form
    return word.how == "exact" and form.isascii() and form.isalpha() and len(form) < LONGEST_CHARS
