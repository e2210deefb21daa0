"""Who writes to the index rests the longer, the busier the process is with other things."""

from types import SimpleNamespace

import pytest

from app.search.index import pace
from app.search.index.pace import LEAST_RESTED_S, REST, REST_WHEN_BUSY, Pace


class Clock:
    """Time as it passes here, and the CPU that the process spends in it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = self.spent = 0.0
        clocks = SimpleNamespace(monotonic=lambda: self.now, process_time=lambda: self.spent)
        monkeypatch.setattr(pace, "time", clocks)

    def passes(self, seconds: float, busy: float) -> None:
        self.now += seconds
        self.spent += seconds * busy


@pytest.mark.parametrize(("busy", "times"), [(0, REST), (0.5, REST + (REST_WHEN_BUSY - REST) / 8), (1, REST_WHEN_BUSY)])
def test_the_rest_is_as_long_as_the_work_and_longer_where_others_are_busy(
    monkeypatch: pytest.MonkeyPatch, busy: float, times: float
) -> None:
    clock = Clock(monkeypatch)
    work = Pace()

    clock.passes(10, busy)
    with work.working():
        clock.passes(0.2, 1)

    assert work.rest_s == pytest.approx(0.2 * times)


def test_its_own_work_does_not_count_as_that_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    work = Pace()

    for _ in range(3):
        clock.passes(1, 0)
        with work.working():
            clock.passes(1, 1)

    assert work.rest_s == pytest.approx(REST)


def test_a_rest_that_was_too_short_to_show_anything_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    work = Pace()
    clock.passes(1, 0)
    with work.working():
        clock.passes(1, 1)

    clock.passes(LEAST_RESTED_S / 2, 1)
    with work.working():
        clock.passes(1, 1)

    assert work.rest_s == pytest.approx(REST)
