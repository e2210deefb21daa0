"""The lines of logs of WeeChat (its logger.c) and irssi (its log.c and fe-log.c). Pure.

Times are aware where the log says UTC, and naive where it has the local time of a machine that nobody knows any more.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, NamedTuple

Kind = Literal["message", "action", "notice", "unreadable"]

_MODES = "~&@%+!"
_WEECHAT = re.compile(r"(?P<at>\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,6})?)(?P<utc>Z?)\t(?P<rest>.*)", re.DOTALL)
_IRSSI = re.compile(r"(?:(?P<date>\d{4}-\d\d-\d\d)[ T])?\[?(?P<h>\d\d):(?P<m>\d\d)(?::(?P<s>\d\d))?\]? ?(?P<rest>.*)")
# Behind a nick stands the channel where irssi shows several in one window, or only some of a channel got it.
_WHERE = r"(?::[~&@%+!]*[#&+!][^\s<>]*)?"
_IRSSI_TEXT = re.compile(rf"<[~&@%+! ]?(?P<nick>[^\s<>]+?){_WHERE}> ?(?P<text>.*)")
_IRSSI_ACTION = re.compile(rf" ?\* (?P<nick>\S+?){_WHERE} (?P<text>.*)")
_IRSSI_NOTICE = re.compile(r"-!-|-\S+-|!|>>>|---")
_IRSSI_DATE = re.compile(
    r"--- (?P<what>Log opened|Log closed|Day changed) .*?(?P<month>[^\W\d_]+)\.? +(?P<day>\d{1,2})\.?"
    r"(?: \d\d:\d\d:\d\d)? (?P<year>\d{4})\s*"
)
_MONTHS = (  # how their names begin, in the languages whose names irssi may have written
    "jan gen ene led sty sij янв січ сту oca tammi ιαν",
    "feb fev febr fév uno unor lut лют фев şub sub helmi φεβ",
    "mar maa mrt mrz brez bre бер мар marc maalis μαρ",
    "apr avr abr kwi dub кві апр nis huhti απρ",
    "may mai mag maj mei kve тра май touko μαϊ μαι",
    "jun juin giu cze cvn чер июн haz kesa ιουν",
    "jul juil lug lip cvc лип июл tem heina ιουλ",
    "aug aou ago sie srp сер авг agu elo αυγ",
    "sep set wrz zar вер сен eyl syys σεπ",
    "oct okt ott out paz rij жов окт eki loka οκτ",
    "nov lis лис ноя kas marras νοε",
    "dec dez dic gru pro гру дек ara joulu δεκ",
)
_HALF_A_DAY = timedelta(hours=12)


class Said(NamedTuple):
    """One line, with those that go on with it; `at` is missing where the log has no date before it."""

    kind: Kind
    at: datetime | None = None
    nick: str = ""
    text: str = ""


def weechat(lines: Iterable[str]) -> Iterator[Said]:
    """What a log of WeeChat says; a line without a time goes on with the one before it."""
    last: Said | None = None
    for line in lines:
        found = _WEECHAT.fullmatch(line)
        if found is None:
            if last is not None:
                last = last._replace(text=f"{last.text}\n{line}")
            elif line.strip():
                yield Said("unreadable")
            continue
        if last is not None:
            yield last
        at = _naive(found["at"])
        last = _weechat_said(found["rest"], at.replace(tzinfo=UTC) if at and found["utc"] else at)
    if last is not None:
        yield last


def _naive(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _weechat_said(rest: str, at: datetime | None) -> Said:
    prefix, tab, text = rest.partition("\t")
    prefix = prefix.strip()
    if not tab or prefix in ("", "-->", "<--", "--", "=!="):
        return Said("notice", at)
    if prefix == "*":
        nick, _, text = text.partition(" ")
        return Said("action", at, nick, text)
    nick = prefix.strip("<>") or prefix
    return Said("message", at, nick[1:] if nick[0] in _MODES and len(nick) > 1 else nick, text)


class _Days:
    """The date of lines that have only a time: from the lines between them, which have it."""

    def __init__(self) -> None:
        self._date: date | None = None
        self._last = time()

    def take(self, found: re.Match[str]) -> None:
        """Take what a line says of the date; irssi at times wrote a day that had been, where a new one began."""
        if found["what"] == "Log closed":
            return
        said = self._said(found)
        if found["what"] == "Day changed" and self._date and (said is None or said <= self._date):
            said = self._date + timedelta(days=1)
        self._date, self._last = said or self._date, time()

    def _said(self, found: re.Match[str]) -> date | None:
        month, day, year = _month(found["month"]), int(found["day"]), int(found["year"])
        try:
            return date(year, month, day) if month else None
        except ValueError:
            return None

    def at(self, found: re.Match[str]) -> datetime | None:
        """When a line was said; where it is far earlier than the last one, a day began without a line."""
        try:
            clock = time(int(found["h"]), int(found["m"]), int(found["s"] or 0))
            if found["date"]:
                self._date = date.fromisoformat(found["date"])
        except ValueError:
            return None
        if self._date is None:
            return None
        at = datetime.combine(self._date, clock)
        if not found["date"] and datetime.combine(self._date, self._last) - at > _HALF_A_DAY:
            self._date += timedelta(days=1)
            at += timedelta(days=1)
        self._last = clock
        return at


def irssi(lines: Iterable[str]) -> Iterator[Said]:
    """What a log of irssi says."""
    days = _Days()
    for line in lines:
        if day := _IRSSI_DATE.fullmatch(line):
            days.take(day)
        elif found := _IRSSI.fullmatch(line):
            yield _irssi_said(found["rest"], days.at(found))
        elif line.strip():
            yield Said("notice" if line.startswith("---") else "unreadable")


def _irssi_said(rest: str, at: datetime | None) -> Said:
    if found := _IRSSI_TEXT.fullmatch(rest):
        return Said("message", at, found["nick"], found["text"])
    if found := _IRSSI_ACTION.fullmatch(rest):
        return Said("action", at, found["nick"], found["text"])
    return Said("notice" if _IRSSI_NOTICE.match(rest) else "unreadable", at)


def _month(name: str) -> int | None:
    """The number of a month by how its name begins; the longest begin counts, for some are those of others."""
    folded = unicodedata.normalize("NFC", name).casefold()
    plain = "".join(char for char in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(char))
    found = [
        (len(begin), n)
        for n, begins in enumerate(_MONTHS, 1)
        for begin in begins.split()
        if folded.startswith(begin) or plain.startswith(begin)
    ]
    return max(found)[1] if found else None


def is_weechat(lines: Iterable[str]) -> bool:
    """Whether the first lines are WeeChat's."""
    return any(_WEECHAT.fullmatch(line) for line in lines)


def is_irssi(lines: Iterable[str]) -> bool:
    """Whether the first lines are irssi's."""
    return any(_IRSSI_DATE.fullmatch(line) or _IRSSI.fullmatch(line) for line in lines)
