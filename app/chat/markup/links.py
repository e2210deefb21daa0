"""Web and e-mail addresses in typed text. Pure; `static/js/lib/links.js` is its twin.

An address begins with `http://`, `https://` or `www.`, or is one of e-mail. It ends before a space, before a bracket
without its pair, before quotation marks and punctuation of any script, and where the letters behind the host's last
label are of another alphabet. What is no address by the WHATWG's URL standard, as browsers read it, is text.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

import regex
from pydantic_core import Url  # reads addresses as browsers do

# Letters of scripts that put no space between words.
UNSPACED = (
    r"(?:[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}"
    r"\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]|\u30FC|\uFF70)"
)
# A letter or digit of a script that does; no mark of an emoji, as in ❤️ and 1️⃣.
SPACED = rf"(?!{UNSPACED}|[\uFE00-\uFE0F\u20D0-\u20FF])[\p{{L}}\p{{M}}\p{{N}}]"
MAX_BEGINS = 400  # each costs a few microseconds
MARKS = "*_~"  # of emphasis, which may stand around an address

_LATIN = r"[\p{Script=Latin}0-9_-]{1,63}"
_RIGHT_TO_LEFT = r"[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]"
_JOINER = r"[\u200C\u200D](?=[\p{L}\p{M}])"
_RTL_LABEL = rf"(?=\p{{L}}){_RIGHT_TO_LEFT}(?:{_RIGHT_TO_LEFT}|[\p{{M}}0-9-]|{_JOINER}){{0,62}}(?<!-\p{{M}}*)"
_LTR_LETTER = rf"(?!{_RIGHT_TO_LEFT})(?:[\p{{L}}\p{{M}}0-9_-]|{_JOINER})"
_LABEL = rf"(?:(?:{_LTR_LETTER}){{1,63}}|{_RTL_LABEL})"
_OTHER = rf"(?:(?:(?!\p{{Script=Latin}}){_LTR_LETTER}){{1,63}}|{_RTL_LABEL})"
_IP_6 = r"\[[0-9A-Fa-f:.]{2,45}\]"
# Such as google.みんな: a sentence would not begin right behind a host of one label.
_TWO = rf"(?:[Ww]{{3}}\.)?{_LATIN}\.{_OTHER}(?!\.?[\p{{L}}\p{{M}}\p{{N}}_-])"
_HOST = rf"(?:{_TWO}|(?:{_LABEL}\.){{0,20}}(?:{_LATIN}(?<!-)|{_OTHER}\.{_OTHER})|{_OTHER}|{_IP_6})"
# Not white space, quotation marks, controls, and brackets and punctuation that are not ASCII; joiners belong to words.
# Nor the h of another address, behind a bracket that ends or a comma.
_INSIDE = (
    r"""(?:[!#-;=?-_a-gi-~]++|h(?!ttps?://(?<=[,;)\]}][(\[{]?https?://))"""
    r"""|[^\s!-~\p{Cc}\p{Cf}\p{Pi}\p{Pf}\p{Ps}\p{Pe}\u2014\u3000-\u3003\u301C\uFF01-\uFF0F\uFF1A-\uFF20\uFF3B-\uFF40\uFF5B-\uFF64]++"""
    r"""|[\u200C\u200D](?=[\p{L}\p{M}\p{Extended_Pictographic}]))"""
)
_WEB = regex.compile(
    rf"(?:(?<![A-Za-z0-9])[Hh][Tt]{{2}}[Pp][Ss]?://(?!https?://|[^\s/?#]{{0,100}}@)"
    rf"|(?<![@./_+%-]|[Mm]ailto:|{SPACED})(?=[Ww]{{3}}\.{_LABEL}\.))"
    rf"(?P<host>{_HOST})(?:\.(?=/|:[0-9]))?(?::[0-9]{{1,5}}(?![0-9]))?(?:[/?#]{_INSIDE}*)?"
)
_BEGIN = re.compile(r"[Hh][Tt]{2}[Pp][Ss]?://|[Ww]{3}\.|@(?<=[^\s@/]@)(?=[^\s@.]+\.)(?![\w.-]*@)")
_MAILBOX = rf"(?:{SPACED}|[.%+'_-])"
_MAIL_BEGIN = regex.compile(
    rf"(?r)(?<![@/]|{_MAILBOX}|//[^\s/@]{{0,64}}:)[.%+'-]*(?P<mailbox>(?:[Mm]ailto:)?(?:{SPACED}|_){_MAILBOX}{{0,63}})"
)
_MAIL_END = regex.compile(
    rf"@(?P<host>(?:{_LABEL}\.){{1,20}}(?:[Xx]n--{_LATIN}|\p{{Script=Latin}}{{2,63}}|(?=\p{{L}}){_OTHER}))"
    r"(?![@/]|_*[\p{Script=Latin}0-9]|:[^\s:]*/)"
)
_SENTENCE_SIGN = regex.compile(r"(?![/#%&@*\\])\p{Po}|[\u2013|]")
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_BRACKET = re.compile(r"[()[\]{}]")
_MARKS_INSIDE = regex.compile(rf"(?:(?<!\*)\*++|(?<!~)~++)(?={UNSPACED})")
_MORE_OF_HOST = regex.compile(  # of one with emoji, i❤.ws, or with e[.]org; of a long label; and of what is no host
    r"[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F\u200D]+\.[\p{L}\p{N}]"
    r"|(?<=[\p{Script=Latin}_-])[\p{Script=Latin}0-9_]|:(?://|[0-9]{6})|[(\[]\.[)\]]|%[0-9A-Fa-f]"
)
_LOOK_BACK_CHARS = 100
# What an emphasis neither begins behind nor ends before.
_WORD = {"*": regex.compile(SPACED), "~": regex.compile(SPACED), "_": regex.compile(r"[\p{L}\p{N}]")}
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_RUN = {mark: re.compile(re.escape(mark) + "+") for mark in MARKS}


class Address(NamedTuple):
    """An address that stands in a text from `start` to `end`, and where it leads."""

    start: int
    end: int
    href: str


def addresses(text: str) -> Iterator[Address]:
    """The addresses in a text, from left to right; of the first places where one may begin, in a text made of them."""
    read = 0
    for sign in islice(_BEGIN.finditer(text), MAX_BEGINS):
        if (begin := sign.start()) < read:
            continue
        found = _mail(text, begin, read) if text[begin] == "@" else _web(text, begin)
        if found is None:
            continue
        address, read = found
        if address is not None:
            yield address


def is_address(typed: str) -> bool:
    """Whether a link may lead there: an address of the web, with its scheme, or of e-mail with `mailto:`."""
    if typed[:7].lower() == "mailto:":
        end = _MAIL_END.search(typed)
        return end is not None and _can_be_opened(typed, end["host"])
    found = _WEB.match(typed)
    return found is not None and typed[:4].lower() == "http" and _can_be_opened(typed, found["host"])


def _web(text: str, start: int) -> tuple[Address | None, int] | None:
    """The address of the web that begins somewhere, and where to read on; None where nothing like one does."""
    found = _WEB.match(text, start)
    if found is None:
        return None
    typed = _trimmed(found[0], text[max(0, start - _LOOK_BACK_CHARS) : start])
    href = typed if typed[:4].lower() == "http" else f"https://{typed}"
    is_good = _can_be_opened(href, found["host"]) and not _MORE_OF_HOST.match(text, found.end())
    return Address(start, start + len(typed), href) if is_good else None, found.end()


def _mail(text: str, at: int, read: int) -> tuple[Address | None, int] | None:
    """The address of e-mail around an @, as `_web`; it begins not before `read`."""
    begin, end = _MAIL_BEGIN.match(text, 0, at), _MAIL_END.match(text, at)
    if begin is None or end is None or begin.start() < read:
        return None
    mailbox = begin["mailbox"]
    if text.startswith("_", end.end()):  # it closes an emphasis
        mailbox = mailbox.lstrip("_") or "_"
    start = at - len(mailbox)
    typed = text[start : end.end()]
    href = typed if typed[:7].lower() == "mailto:" else f"mailto:{typed}"
    is_good = _can_be_opened(href, end["host"])
    return Address(start, end.end(), href) if is_good else None, end.end()


def _can_be_opened(href: str, host: str) -> bool:
    try:
        Url(href)
        Url(f"https://{host}/")
    except ValueError:
        return False
    return True


def _trimmed(address: str, before: str) -> str:
    """An address without what belongs to the sentence around it: brackets, punctuation, marks of emphasis."""
    address = address[: _first_unpaired(address)]
    if (marks := _MARKS_INSIDE.search(address)) and _is_open(marks[0][0], before):
        address = address[: marks.start()]
    opened: dict[str, bool] = {}
    end = len(address)
    while end and _is_of_sentence(address[end - 1], before, opened):
        end -= 1
    return address[:end]


def _is_of_sentence(sign: str, before: str, opened: dict[str, bool]) -> bool:
    """Whether the last sign of an address is punctuation, or closes an emphasis that was begun before it."""
    if sign not in MARKS:
        return _SENTENCE_SIGN.match(sign) is not None
    if sign not in opened:
        opened[sign] = _is_open(sign, before)
    return opened[sign]


def _first_unpaired(address: str) -> int:
    """Where the first bracket stands whose pair is not in the address; else its length."""
    opened: list[int] = []
    for bracket in _BRACKET.finditer(address):
        if bracket[0] in _BRACKETS:
            begin = opened.pop() if opened else bracket.start()
            if address[begin] != _BRACKETS[bracket[0]]:
                return opened[0] if opened else begin
        else:
            opened.append(bracket.start())
    return opened[0] if opened else len(address)


def _is_open(mark: str, before: str) -> bool:
    """Whether an emphasis was begun, above no blank line, and has not ended."""
    is_open = False
    text = _BLANK_LINE.split(before)[-1]
    for run in _RUN[mark].finditer(text):
        begins, ends = _turns(mark, text[max(0, run.start() - 1) : run.start()], text[run.end() : run.end() + 1])
        is_open = not ends if is_open else begins
    return is_open


@lru_cache(1_000)
def _turns(mark: str, before: str, behind: str) -> tuple[bool, bool]:
    """Whether signs between two characters may begin an emphasis, and whether they may end one before the address."""
    word = _WORD[mark]
    begins = not word.match(before) and not behind.isspace()
    return begins, before.strip() != "" and behind != "" and not word.match(behind)
