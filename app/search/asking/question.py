"""A question as people type it, to words and filters. Pure; it never fails.

Words are looked for as words of the text; what stands in quotation marks, or is joined by signs as in foo-bar/baz,
must stand together. `-` before a word leaves messages with it out. What looks like a filter and is none is words.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from app.search.words.tokens import PHONE, Token, tokens

MAX_WORDS = 16  # those after them are left out
MAX_HUMPS = 8  # parts of a word such as getUser
MIN_BEGINNING_CHARS = 2  # of a word that stands alone; beside others, one is enough

How = Literal["word", "beginning", "exact", "run", "slip"]

# Marks that open, each with those that close it: “English”, „deutsch“, «français», »dansk«, ”svenska”, 「日本」.
_PAIRS = {
    '"': '"＂', "＂": '＂"', "“": '”"', "„": "“”„", "”": "”", "‟": "”", "«": "»", "»": "«»", "‹": "›", "›": "‹›",
    "「": "」", "『": "』", "〝": "〞〟",
}  # fmt: skip
MAX_PHRASE_CHARS = 300  # or a mark that is not closed would be looked for to the end, and so would each after it
_QUOTED = "|".join(f"{opened}[^{closing}]{{0,{MAX_PHRASE_CHARS}}}[{closing}]" for opened, closing in _PAIRS.items())
# A minus is one before a word; `--force`, `-` and `- word` have none.
_PIECE = re.compile(
    r"(?:(?<!\S)(?P<minus>-(?=[^\s-])))?"
    rf"(?:(?P<filter>from|in|to|mentions|before|after|on|has):(?P<value>[@#]?(?:{_QUOTED}|\"[^\"]*\Z)|\S*)(?!\S)"
    rf"|(?P<quoted>{_QUOTED})(?!\w)|{PHONE}|\S+)",
    re.IGNORECASE,
)

_SHORT_HASH = re.compile(r"(?=[a-f]*[0-9])(?=[0-9]*[a-f])[0-9a-f]{7,39}")  # as Git shortens that of a commit
_NUMBERED = re.compile(r"([^\W\d_]{2,})(\d+)")


class Word(NamedTuple):
    """A word that is asked for.

    `how` it is meant: as a "word" in all its forms, as the "beginning" of one, "exact"ly as typed, as a part of a "run"
    of signs that have no space between words, or as a word in which a letter is wrong, a "slip".
    """

    form: str
    how: How


class Clause(NamedTuple):
    """Words that stand next to each other, mostly one; and where they stand in the typed text.

    `others` are the same as some people write it: `email` for `e-mail`, `iPhone 15` for `iphone15`.
    """

    words: tuple[Word, ...]
    is_unwanted: bool
    begin: int
    end: int
    others: tuple[Word, ...] = ()

    @property
    def ways(self) -> tuple[tuple[Word, ...], ...]:
        """The words in each way of writing them, of which one is enough."""
        return (self.words, self.others) if self.others else (self.words,)


class Filter(NamedTuple):
    """`from:alice`: a name and its value, as typed but for quotation marks; it may still be being typed."""

    name: str
    value: str
    is_unwanted: bool
    is_unfinished: bool = False


class Question(NamedTuple):
    """What was asked; `is_cut`: it had more words than are looked for."""

    clauses: tuple[Clause, ...]
    filters: tuple[Filter, ...]
    is_cut: bool

    @property
    def wanted(self) -> tuple[Clause, ...]:
        return tuple(clause for clause in self.clauses if not clause.is_unwanted)

    @property
    def unwanted(self) -> tuple[Clause, ...]:
        return tuple(clause for clause in self.clauses if clause.is_unwanted)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return not self.clauses and not self.filters


def parse(text: str, *, is_typing: bool = False) -> Question:
    """The question in a text. While somebody `is_typing`, the last word is the beginning of one."""
    clauses: list[Clause] = []
    filters: list[Filter] = []
    left = left_of_others = MAX_WORDS
    for piece in _PIECE.finditer(text):
        is_last = is_typing and piece.end() == len(text)
        is_alone = all(each.is_unwanted for each in clauses) and all(each.is_unwanted for each in filters)
        if piece["filter"] and (value := _unquoted(piece["value"])):
            name, is_unwanted = piece["filter"].lower(), piece["minus"] is not None
            filters.append(Filter(name, value, is_unwanted, is_last))
        elif not (piece["filter"] and is_last) and (clause := _clause(piece, is_last=is_last, is_alone=is_alone)).words:
            is_whole = len(clause.words) <= left and len(clause.others) <= left_of_others
            others = clause.others if is_whole else ()
            if left > 0:
                clauses.append(clause._replace(words=clause.words[:left], others=others))
            left, left_of_others = left - len(clause.words), left_of_others - len(others)
    return Question(tuple(clauses), tuple(filters), left < 0)


def _unquoted(value: str) -> str:
    """What a filter names: what stands in quotation marks, or all but the commas behind it."""
    sign, name = (value[0], value[1:]) if value[:1] in ("@", "#") else ("", value)
    if name[:1] in _PAIRS:
        return sign + (name[1:-1] if name[-1] in _PAIRS[name[0]] else name[1:]).strip()
    return value.rstrip(",;")


def _clause(piece: "re.Match[str]", *, is_last: bool, is_alone: bool) -> Clause:
    is_quoted, is_unwanted = piece["quoted"] is not None, piece["minus"] is not None
    begin, end = piece.start() + is_unwanted, piece.end()
    text, is_alone = piece.string[begin:end], is_alone or is_unwanted
    found = [*tokens(text)]
    words = tuple(_words(text, found, is_quoted=is_quoted, is_last=is_last, is_alone=is_alone))
    return Clause(words, is_unwanted, begin, end, () if is_quoted else _others(found, words))


def _words(text: str, found: Sequence[Token], *, is_quoted: bool, is_last: bool, is_alone: bool) -> Iterator[Word]:
    for token in (token for token in found if token.kind != "part"):
        if token.kind == "run":
            yield Word(token.form, "run")
        elif is_quoted:
            yield Word(token.form, "exact")
        elif _is_beginning(token, text[token.end :], is_last=is_last, is_alone=is_alone):
            yield Word(token.form, "beginning")
        else:
            yield Word(token.form, "word")
        is_alone = False


def _others(found: Sequence[Token], words: Sequence[Word]) -> tuple[Word, ...]:
    """Both sides of a hyphen as one word; letters and the number behind them, and getUser, as several."""
    if len(words) == 2 and (joined := found[-1].form) == words[0].form + words[1].form:
        return (words[1]._replace(form=joined),)
    if len(words) != 1:
        return ()
    form, how = words[0]
    apart = _humps(found, form) or (numbered.groups() if (numbered := _NUMBERED.fullmatch(form)) else ())
    return (*(Word(each, "exact") for each in apart[:-1]), *(Word(each, how) for each in apart[-1:]))


def _humps(found: Sequence[Token], form: str) -> tuple[str, ...]:
    """The parts that a word is made of by its capitals; none where the first is a letter alone, as in iPhone."""
    for first in range(len(found) - 2, max(0, len(found) - 2 - MAX_HUMPS), -1):
        parts = tuple(token.form for token in found[first:])
        if "".join(parts) == form:
            return parts if len(parts[0]) > 1 else ()
    return ()


def _is_beginning(token: Token, rest: str, *, is_last: bool, is_alone: bool) -> bool:
    """Whether a word is the beginning of one: a star follows, it is being typed, or it is how people write a hash."""
    is_long_enough = len(token.form) >= MIN_BEGINNING_CHARS or (token.form.isalnum() and not is_alone)
    return is_long_enough and (
        rest.startswith("*") or (is_last and not rest) or _SHORT_HASH.fullmatch(token.form) is not None
    )
