"""Days, months and years as people type them, in their own zone."""

import zoneinfo
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.search.asking.dates import EVER, Span, span_of, zone_of

NOW = datetime(2026, 11, 29, 23, 30, tzinfo=UTC)
KYIV, NEW_YORK = zone_of("Europe/Kyiv"), zone_of("America/New_York")


def span(begin: str, end: str) -> Span:
    return Span(datetime.fromisoformat(f"{begin}Z"), datetime.fromisoformat(f"{end}Z"))


DATES = {
    "2026-01-31": span("2026-01-31T00:00", "2026-02-01T00:00"),
    "2026-1-5": span("2026-01-05T00:00", "2026-01-06T00:00"),
    "2026/01/31": span("2026-01-31T00:00", "2026-02-01T00:00"),
    "2026.01.31": span("2026-01-31T00:00", "2026-02-01T00:00"),
    "31.01.2026": span("2026-01-31T00:00", "2026-02-01T00:00"),
    "1.2.2026": span("2026-02-01T00:00", "2026-02-02T00:00"),
    "2024-02-29": span("2024-02-29T00:00", "2024-03-01T00:00"),
    "2026-12-31": span("2026-12-31T00:00", "2027-01-01T00:00"),
    "2026-01": span("2026-01-01T00:00", "2026-02-01T00:00"),
    "2026-12": span("2026-12-01T00:00", "2027-01-01T00:00"),
    "2026": span("2026-01-01T00:00", "2027-01-01T00:00"),
    "today": span("2026-11-29T00:00", "2026-11-30T00:00"),
    "Yesterday": span("2026-11-28T00:00", "2026-11-29T00:00"),
    "tomorrow": span("2026-11-30T00:00", "2026-12-01T00:00"),
    "٢٠٢٦-٠١-٣١": span("2026-01-31T00:00", "2026-02-01T00:00"),
}


@pytest.mark.parametrize("typed", DATES)
def test_a_date_is_the_time_it_spans(typed: str) -> None:
    assert span_of(typed, NOW, UTC) == DATES[typed]


@pytest.mark.parametrize(
    "typed",
    [
        *("", "yesterdayish", "2026-13", "2026-02-30", "2026-00", "0000", "9999", "1850", "26", "2026-01-", "20260131"),
        *("2026-01-31T10:00", "31/01/2026", "01-31", "next week", "-2026", "२०", "2026-01-31-01", "1" * 4_000, "²⁰²⁶"),
    ],
)
def test_what_is_no_date_is_none(typed: str) -> None:
    assert span_of(typed, NOW, UTC) is None


def test_days_begin_where_the_reader_is() -> None:
    assert span_of("2026-01-31", NOW, KYIV) == span("2026-01-30T22:00", "2026-01-31T22:00")
    assert span_of("2026-07", NOW, NEW_YORK) == span("2026-07-01T04:00", "2026-08-01T04:00")
    assert span_of("today", NOW, KYIV) == span("2026-11-29T22:00", "2026-11-30T22:00")
    assert span_of("yesterday", NOW, NEW_YORK) == span("2026-11-28T05:00", "2026-11-29T05:00")


def test_a_day_in_which_clocks_change_has_its_own_length() -> None:
    short = span_of("2026-03-29", NOW, KYIV)
    long = span_of("2026-10-25", NOW, KYIV)

    assert short is not None
    assert long is not None
    assert short.end - short.begin == timedelta(hours=23)
    assert long.end - long.begin == timedelta(hours=25)


@pytest.mark.parametrize(
    "name",
    ["", "Europe", "Europe/Atlantis", "../etc/passwd", "/etc/localtime", "\0", "a" * 5_000, "Europe/Kyiv/x", "é"],
)
def test_a_zone_that_this_server_has_not_is_utc(name: str) -> None:
    assert zone_of(name) is UTC


def test_a_machine_without_zones_has_those_that_come_along() -> None:
    zoneinfo.reset_tzpath(to=())
    zoneinfo.ZoneInfo.clear_cache()
    try:
        assert str(zone_of("Europe/Kyiv")) == "Europe/Kyiv"
    finally:
        zoneinfo.reset_tzpath()


@given(st.text())
def test_no_text_fails(text: str) -> None:
    found = span_of(text, NOW, KYIV)

    assert found is None or EVER.begin < found.begin < found.end < EVER.end
    zone_of(text)
