"""Moments as sources write them, to the microsecond. Pure."""

from datetime import UTC, datetime, timedelta

NO_ZONE = "zones of times, which the source does not have; times are taken for UTC"  # what is left out then

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def at_ms(milliseconds: int | None) -> datetime | None:
    """Milliseconds since 1970; None for 0 and for what is no moment, which sources write for “never”."""
    return _after(timedelta(milliseconds=milliseconds)) if milliseconds and abs(milliseconds) < 1e14 else None


def at_seconds(seconds: float | None) -> datetime | None:
    """Seconds since 1970, as `at_ms`; a float has microseconds to the last."""
    return _after(timedelta(microseconds=round(seconds * 1_000_000))) if seconds and abs(seconds) < 1e11 else None


def at_iso(text: str | None) -> datetime | None:
    """A moment by ISO 8601; one without a zone is taken for UTC, and what is no moment for None."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _after(since: timedelta) -> datetime | None:
    try:
        return _EPOCH + since
    except OverflowError:
        return None
