"""Words with one wrong letter: changed, missing, too much, or two that changed places. Pure.

Damerau, "A technique for computer detection and correction of spelling errors", 1964.
"""

from collections.abc import Iterator

SHORTEST = 6  # letters; in shorter words a slip makes another word too often
LONGEST = 24  # so many words are one slip away from a longer one that to ask for them takes PostgreSQL a second
_TAIL = 3  # letters that most stems lack
_SHORTEST_BEGINNING = 4
_SHORTEST_STEM = 3
_MOST_CUT = 7  # organ, of organization, with a letter too much

_ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyz",
    "абвгдежзийклмнопрстуфхцчшщъыьэюяіїє",
    "αβγδεζηθικλμνξοπρστυφχψω",
    "אבגדהוזחטיכלמנסעפצקרשת",
    "ءابتثجحخدذرزسشصضطظعغفقكلمنهوي",
)


def is_slip(typed: str, word: str) -> bool:
    """Whether one slip makes one of these of the other."""
    if typed == word or abs(len(typed) - len(word)) > 1:
        return False
    same = next((n for n, (one, other) in enumerate(zip(typed, word, strict=False)) if one != other), len(typed))
    one, other = typed[same:], word[same:]
    is_swapped = one[:2] == other[1::-1] and one[2:] == other[2:]
    return is_swapped or one[1:] == other or one == other[1:] or one[1:] == other[1:]


def beginnings(typed: str) -> set[str]:
    """How the words begin of which one slip makes what was typed: all but the last letters, where stems are cut."""
    return _begun(typed, _length(typed))


def shorter(typed: str) -> set[str]:
    """Their beginnings that are a little shorter: the stems of words of which more is cut."""
    lengths = range(max(_SHORTEST_STEM, len(typed) - _MOST_CUT), _length(typed))
    return {begin for length in lengths for begin in _begun(typed, length)}


def _length(typed: str) -> int:
    return max(_SHORTEST_BEGINNING, len(typed) - _TAIL)


def _begun(typed: str, length: int) -> set[str]:
    return {typed[:length], *(word[:length] for word in _with_slip(typed, length))}


def _with_slip(typed: str, length: int) -> Iterator[str]:
    """The words that one slip among the first letters makes."""
    alphabet = next((letters for letters in _ALPHABETS if typed[-1] in letters), "")  # @alice begins with a sign
    for at in range(length):
        before, behind = typed[:at], typed[at + 1 :]
        yield before + behind
        yield before + typed[at : at + 2][::-1] + typed[at + 2 :]
        for letter in alphabet:
            yield before + letter + behind
            yield before + letter + typed[at:]
