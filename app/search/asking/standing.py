"""A quick look at whether words may stand in a text next to each other. Pure.

Most of what the index proposes for a phrase of common words does not have it, and to take all words of a text takes ten
times as long as to see that.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from app.search.asking.question import Word
from app.search.words.folding import LONGEST_CHARS

_WITHIN = "['`]*"  # a word: it's is its
# Between two words: James's is James, l'équipe is équipe.
_BETWEEN = r"(?:['`][a-z]{1,3})?[\W_]*(?:[a-z]{1,7}['`])?"


def may_stand(text: str, words: Sequence[Word]) -> bool:
    """Whether to look closer; where it says no, the words do not stand there. Takes time in proportion to both."""
    return not text.isascii() or all(pattern.search(text) for pattern in _patterns(tuple(words)))


@lru_cache(1 << 10)
def _patterns(words: tuple[Word, ...]) -> list[re.Pattern[str]]:
    """What all plain texts have in which these words stand: each two neighbours; nothing where that is not known.

    Not all words in one pattern: what stands between two may be read in several ways, and with each word more they
    multiply.
    """
    if not all(map(_is_plain, words)):
        return []
    forms = [_WITHIN.join(word.form) for word in words]
    found = [_BETWEEN.join(pair) for pair in pairwise(forms)] or forms
    return [re.compile(each, re.IGNORECASE) for each in found]


def _is_plain(word: Word) -> bool:
    form = word.form
    return word.how == "exact" and form.isascii() and form.isalpha() and len(form) < LONGEST_CHARS
