"""Where a run of signs begins or ends an emphasis, and which run ends which. Pure; `inline.py` finds the runs."""

import re
from functools import lru_cache

import regex

from app.chat.markup.links import MARKS, SPACED, UNSPACED

MAX_DEPTH = 12  # of emphasis in emphasis
MAX_LOOK_BACK = 12  # beginnings that an end passes by
MAX_WORD_CHARS = 40

# What signs begin and end an emphasis, and its HTML.
TAGS = {
    "*": ("<em>", "</em>"),
    "**": ("<strong>", "</strong>"),
    "***": ("<strong><em>", "</em></strong>"),
    "_": ("<em>", "</em>"),
    "~~": ("<s>", "</s>"),
}

# What may stand around a run of signs that begins or ends an emphasis, as patterns of one character.
_SENTENCE_SIGNS = r"\u3000-\u303F\uFF00-\uFF0F\uFF1A-\uFF20"  # of Chinese, Japanese and Korean
_BEGIN_MAY_FOLLOW = regex.compile(
    rf"(?V1)[\s\"'/:,;!?>|*_~(\[\{{\-{_SENTENCE_SIGNS}]"
    r"|[[\p{P}\p{Sm}\p{Sc}\p{So}\p{Cf}\p{Emoji_Modifier}\uFE0E\uFE0F\u20E3]--[\x00-\x7F\u2060]]"
)
_BEGIN_MAY_PRECEDE = {
    1: regex.compile(r"(?V1)[[^\s\p{Pe}\p{M}.,;:!?、。，；：！？،؛؟।]--[\p{Sk}--`]]"),  # not ^ and ´, as in (*^o^*)
    2: regex.compile(r"[^\s\p{Pe}\p{M},;、，；،؛]"),
}
_END_MAY_FOLLOW = regex.compile(r"[^\s\p{Ps}]")
_ENDS_SENTENCE = regex.compile(rf"(?V1)[\p{{Pe}}.!?:;%\"'{_SENTENCE_SIGNS}]|[\p{{P}}--[\p{{Ps}}\p{{Pi}}\x00-\x7F]]")
# They begin a quotation in some languages, and end one in others.
_FIRST_QUOTE, _LAST_QUOTE = regex.compile(r"\p{Pi}"), regex.compile(r"\p{Pf}")
_QUOTE = regex.compile(r"[\"'\p{Pi}\p{Pf}\u201A\u201E]")
_DRAWN = regex.compile(r"(?V1)[[\p{S}\p{Pd}\p{Po}]--[*~`]]")
_FACE = regex.compile(r"(?V1)[[\p{S}\p{Pd}\p{Po}\uFE0F]--[\"'*~`]]")
_NAME = regex.compile(r"[\p{L}\p{N}]{1,40}+_+[\p{L}\p{N}]")
_POINTER = re.compile(r"\w{1,40}\)")
_BEFORE_COMMENT = re.compile(r"[\s(\[{,;]?/")
_BEHIND_COMMENT = re.compile(r"/[\s)\]},;]?")
_INSIDE, _OUTSIDE, _TIGHT = 1, 2, 4  # bits: a slash there, or letters without spaces
_IS_PATH = _INSIDE | _OUTSIDE
_IS_MARK = regex.compile(r"\p{M}")  # of a keycap, such as *️⃣
_IS_SPACED = regex.compile(SPACED)
_IS_UNSPACED = regex.compile(UNSPACED)
_IS_HANGUL = regex.compile(r"\p{Script=Hangul}")
_IS_WORD = regex.compile(r"[\p{L}\p{N}]")
_IS_LETTER = regex.compile(r"[\p{L}\p{M}]")


class Run:
    """A run of signs that may begin or end an emphasis, and what became of it."""

    __slots__ = ("around_begin", "around_end", "begins", "depth", "end", "ends", "is_in_word", "left", "sign", "start")

    def __init__(self, signs: str, start: int) -> None:
        self.sign, self.left = signs[0], len(signs)
        self.start, self.end = start, start + self.left
        self.depth = 0  # of the emphasis that ended since
        self.begins, self.ends = "", ""
        self.is_in_word = False
        self.around_begin, self.around_end = 0, 0

    def __str__(self) -> str:
        return f"{self.ends}{self.sign * self.left}{self.begins}"

    @property
    def prose(self) -> str:
        return " " if self.begins or self.ends else self.sign * self.left

    def shared(self, end: "Run") -> int:
        """How many signs of this run and of one that ends it make one emphasis; `***` is `*` and `**`."""
        if self.sign != end.sign or (self.left != end.left and 3 not in (self.left, end.left)):
            return 0
        return min(self.left, end.left)


class Emphasis:
    """What was begun in a text and may still be ended; runs come from left to right."""

    __slots__ = ("_comment_at", "_open", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._open: list[Run] = []
        self._comment_at = text.find("/*")

    def add(self, run: Run, readable: int) -> bool:
        """Take the next run; whether it ends anything. `readable` is the place of the last character one could read."""
        before, behind = self._text[run.start - 1 : run.start] or " ", self._text[run.end : run.end + 1] or " "
        may_begin, may_end, run.is_in_word = _place(run.sign, run.left, before, behind)
        if run.left < 3 and _is_of_code(self._text, run, before):
            return False
        run.around_begin, run.around_end, begins_comment, may_end_comment = _around(
            run.sign, self._text[max(0, run.start - 2) : run.start], self._text[run.end : run.end + 2]
        )
        ends_comment = may_end_comment and 0 <= self._comment_at < run.start
        if (begins_comment or ends_comment) and run.left < 3:
            return False
        if may_end:
            self._end(run, readable, may_begin)
        if run.left and may_begin:
            self._open.append(run)
        return bool(run.ends)

    def _end(self, run: Run, readable: int, may_begin: bool) -> None:
        """End what was begun, the nearest first; what was begun inside of it and did not end stays text.

        So does a pair with nothing to read in it, unless the run may be meant to begin.
        """
        last, deepest = len(self._open) - 1, 0
        for n in range(last, max(-1, last - MAX_LOOK_BACK), -1):
            if not run.left:
                return
            begin = self._open[n]
            deepest = max(deepest, begin.depth)
            shared = begin.shared(run)
            if not shared:
                continue
            alike = begin.around_begin & run.around_end
            if alike & _IS_PATH or (alike and shared == 1 and _is_mask(self._text, begin, run)):
                continue
            if run.is_in_word and not _is_part_of_word(self._text, begin, run):
                continue
            if readable < begin.end:
                if may_begin:
                    continue
                del self._open[n]
                return
            if deepest >= MAX_DEPTH:
                continue
            deepest += 1
            opening, closing = TAGS[run.sign * shared]
            begin.begins, run.ends = opening + begin.begins, run.ends + closing
            begin.left, run.left = begin.left - shared, run.left - shared
            del self._open[n + bool(begin.left) :]
            if self._open:
                self._open[-1].depth = max(self._open[-1].depth, deepest)


@lru_cache(4_000)
def _place(sign: str, length: int, before: str, behind: str) -> tuple[bool, bool, bool]:
    """Whether a run between two characters may begin an emphasis, may end one, and stands in the middle of a word."""
    if _is_drawn(sign, before, behind):
        return False, False, False
    may_end = _may_end(sign, length, before, behind)
    is_in_word = bool(_IS_SPACED.match(behind) and not _IS_UNSPACED.match(before) and not _ENDS_SENTENCE.match(before))
    return _may_begin(sign, length, before, behind), may_end, is_in_word


def _is_drawn(sign: str, before: str, behind: str) -> bool:
    """Whether a run is part of a face, such as -_- or >_<, or stands alone in quotation marks."""
    if before == behind and (_DRAWN.match(before) or (sign == "_" and before in "*~")):
        return True
    patterns = (_QUOTE, _FACE) if sign == "_" else (_QUOTE,)
    return any(pattern.match(before) and pattern.match(behind) for pattern in patterns)


def _may_begin(sign: str, length: int, before: str, behind: str) -> bool:
    if not _BEGIN_MAY_PRECEDE[min(length, 2)].match(behind) or (_LAST_QUOTE.match(behind) and _IS_WORD.match(before)):
        return False
    if sign == "_":
        return before != ">" and _BEGIN_MAY_FOLLOW.match(before) is not None  # p->_x_
    if length == 1 and _IS_HANGUL.match(before):  # which has spaces between words: 김*수와 이*희
        return False
    return bool(_BEGIN_MAY_FOLLOW.match(before) or _IS_UNSPACED.match(before))


def _may_end(sign: str, length: int, before: str, behind: str) -> bool:
    if not _END_MAY_FOLLOW.match(before) or _IS_MARK.match(behind):
        return False
    if _FIRST_QUOTE.match(before) and _IS_WORD.match(behind):
        return False
    if sign == "_":
        return behind not in "([{" and not _IS_WORD.match(behind)  # _("Yes"),_("No"), f"_x_{y}"
    if not _IS_SPACED.match(behind) or _IS_UNSPACED.match(before):
        return True
    is_like_word = _IS_LETTER.match(before) and _IS_LETTER.match(behind)
    return length > 1 and bool(_ENDS_SENTENCE.match(before) or is_like_word)


def _is_of_code(text: str, run: Run, before: str) -> bool:
    """Whether a run begins a name, `_LIMITS_H_`, or a pointer, `(*f)(void*)`."""
    if run.sign == "_":
        return _NAME.match(text, run.end) is not None
    return before == "(" and run.left == 1 and _POINTER.match(text, run.end) is not None


@lru_cache(4_000)
def _around(sign: str, before: str, behind: str) -> tuple[int, int, bool, bool]:
    """What stands around a run that begins, and around one that ends, as bits; whether it begins or ends a comment.

    `int *p; /* p */` has one. Two with slashes inside of both, or outside of both, are of a path: `*/dist/*`,
    `app/_lib_/x`, but not `*a*/*b*/*c*`.
    """
    follows_slash, precedes_slash = before[-1:] == "/", behind[:1] == "/"
    is_star = sign == "*"
    as_begin = _INSIDE * precedes_slash | _OUTSIDE * (follows_slash and before[0] not in MARKS)
    as_end = _INSIDE * follows_slash | _OUTSIDE * (precedes_slash and behind[-1] not in MARKS)
    as_begin |= _TIGHT * (is_star and _IS_UNSPACED.match(before[-1:]) is not None)
    as_end |= _TIGHT * (is_star and _IS_UNSPACED.match(behind) is not None)
    begins_comment, ends_comment = _BEFORE_COMMENT.fullmatch(before), _BEHIND_COMMENT.fullmatch(behind)
    return as_begin, as_end, is_star and begins_comment is not None, is_star and ends_comment is not None


def _is_mask(text: str, begin: Run, end: Run) -> bool:
    """Whether stars among letters that have no spaces stand behind or before single ones: 王*明和李*华, 长*宽*高."""
    inside = text[begin.end : end.start]
    if len(inside) == 1 or inside[1].isspace():  # 联系王*明 李*华
        return True
    return not _IS_LETTER.match(text[max(0, begin.start - 2) : begin.start - 1])


def _is_part_of_word(text: str, begin: Run, end: Run) -> bool:
    """Whether what is set apart is the beginning of a word, as in `**un**like`."""
    inside = text[begin.end : end.start]
    return len(inside) <= MAX_WORD_CHARS and not any(char.isspace() for char in inside)
