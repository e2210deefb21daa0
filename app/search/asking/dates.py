"""Days, months and years as people type them, as the time that they span. Pure."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_YEAR_FIRST = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_ZONE = re.compile(r"\w[\w+-]*(?:/\w[\w+-]*){0,2}", re.ASCII)
MAX_ZONE_CHARS = 64
_YEARS = range(1900, 3000)


class Span(NamedTuple):
    """A stretch of time: from `begin` on, before `end`; both in UTC."""

    begin: datetime
    end: datetime

    def within(self, other: "Span") -> "Span":
        """What both have; its end is before its begin where that is nothing."""
        return Span(max(self.begin, other.begin), min(self.end, other.end))


EVER = Span(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


def span_of(typed: str, now: datetime, zone: tzinfo) -> Span | None:
    """The day, month or year that was typed, as it is in a zone; None for what is none.

    `2026-01-31`, `2026-01`, `2026`, `31.1.2026`, `today`, `yesterday` or `tomorrow`. Dots and slashes may stand for the
    dashes.
    """
    today = now.astimezone(zone)
    match typed.lower():
        case "today":
            return _span(zone, today.year, today.month, today.day)
        case "yesterday" | "tomorrow" as named:
            other = today + timedelta(days=-1 if named == "yesterday" else 1)
            return _span(zone, other.year, other.month, other.day)
    if found := _YEAR_FIRST.fullmatch(typed):
        return _span(zone, *(int(part) for part in found.groups() if part))
    if found := _DAY_FIRST.fullmatch(typed):
        return _span(zone, *(int(part) for part in reversed(found.groups())))
    return None


def _span(zone: tzinfo, year: int, month: int | None = None, day: int | None = None) -> Span | None:
    if year not in _YEARS:
        return None
    try:
        begin = datetime(year, 1 if month is None else month, 1 if day is None else day, tzinfo=zone)
    except ValueError:
        return None
    if day is not None:
        end = begin + timedelta(days=1)
    elif month is not None:
        end = begin.replace(year=year + month // 12, month=month % 12 + 1)
    else:
        end = begin.replace(year=year + 1)
    return Span(begin.astimezone(UTC), end.astimezone(UTC))


def zone_of(name: str) -> tzinfo:
    """A zone by its name in the IANA's database, such as `Europe/Kyiv`; UTC for one that this server has not."""
    if len(name) > MAX_ZONE_CHARS or not _ZONE.fullmatch(name):
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError, ValueError):
        return UTC  # newer than ours, or the name of a folder
