"""What is searched for, as Parley is asked, and as the others are."""

from dataclasses import dataclass

from bench.search.town.texts import RARE, WALL


@dataclass(frozen=True, slots=True)
class Question:
    """One search.

    Attributes:
        typed: as a person types it.
        is_prefix: asked while it is typed.
        words: what the others look for, all of it; with `is_phrase` next to one another.
        is_wall: hits are so far apart, or so few of so many that are looked at, that a part of the answer must do.
    """

    name: str
    typed: str
    words: tuple[str, ...]
    is_prefix: bool = False
    is_phrase: bool = False
    is_wall: bool = False


QUESTIONS = (
    Question("a common word", "in", ("in",)),
    Question("a rare one", RARE, (RARE,)),
    Question("two common words", "in and", ("in", "and")),
    Question("common and rare", f"in {RARE}", ("in", RARE)),
    Question("three letters, typing", "con", ("con",), is_prefix=True),
    Question("a pair of Chinese characters", "我们", ("我们",)),
    Question("a phrase", '"in the"', ("in", "the"), is_phrase=True),
    Question("a word that is nowhere", "zzyzxq", ("zzyzxq",)),
    Question("a common word of other rooms", WALL, (WALL,), is_wall=True),
    Question("a rare phrase of common words", '"it is in"', ("it", "is", "in"), is_phrase=True, is_wall=True),
)
