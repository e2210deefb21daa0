"""So many at once, so many in the long run; and what others have counted."""

import asyncio
from types import SimpleNamespace

import pytest

from app.limits import rate
from app.limits.rate import Rate


def test_a_burst_is_allowed_then_as_much_as_time_brings(clock: SimpleNamespace) -> None:
    rate = Rate(per_s=2, burst=10)

    assert [rate.spend("a") for _ in range(10)] == [0.0] * 10
    assert rate.spend("a") == pytest.approx(0.5)
    assert rate.spend("b") == 0.0

    clock.now += 1.0
    assert [rate.spend("a") > 0 for _ in range(3)] == [False, False, True]


def test_what_is_refused_is_not_counted(clock: SimpleNamespace) -> None:
    rate = Rate(per_s=1, burst=1)

    assert [rate.spend("a") > 0 for _ in range(100)] == [False] + [True] * 99

    clock.now += 1.0
    assert rate.spend("a") == 0.0


def test_what_was_spent_elsewhere_is_charged_though_it_is_too_much(clock: SimpleNamespace) -> None:
    rate = Rate(per_s=1, burst=10)

    rate.charge("a", 25)

    assert rate.spend("a") == pytest.approx(16.0)
    clock.now += 16.0
    assert rate.spend("a") == 0.0


def test_others_are_sent_what_somebody_spends_once_it_is_a_good_part_of_what_they_may(clock: SimpleNamespace) -> None:
    is_unshared = asyncio.Event()
    rate = Rate(per_s=1, burst=20, is_unshared=is_unshared)

    for _ in range(5):
        rate.spend("a")
    assert not is_unshared.is_set()

    rate.spend("a")
    assert is_unshared.is_set()
    assert [*rate.unshared()] == [("a", 6)]
    assert [*rate.unshared()] == []
    rate.spend("a")
    assert [*rate.unshared()] == [("a", 1)]


def test_what_is_made_up_for_is_not_sent(clock: SimpleNamespace) -> None:
    rate = Rate(per_s=1, burst=20, is_unshared=asyncio.Event())

    for _ in range(5):
        rate.spend("a")
    clock.now += 5.0
    for _ in range(6):
        rate.spend("a")

    assert [*rate.unshared()] == [("a", 6)]


def test_what_was_charged_is_not_sent_on(clock: SimpleNamespace) -> None:
    rate = Rate(per_s=1, burst=20, is_unshared=asyncio.Event())

    rate.charge("a", 10)
    rate.spend("a")

    assert [*rate.unshared()] == [("a", 1)]


def test_what_counts_in_one_process_alone_is_not_sent(clock: SimpleNamespace) -> None:
    rate = Rate(per_s=1, burst=20)

    for _ in range(20):
        rate.spend("a")

    assert [*rate.unshared()] == []


def test_who_has_nothing_to_make_up_for_is_forgotten(clock: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate, "MAX_KEYS", 3)
    each = Rate(per_s=1, burst=20)

    for number in range(3):
        each.spend(f"early {number}")
    clock.now += 0.5
    each.spend("late")
    clock.now += 0.7
    for number in range(3):
        each.spend(f"next {number}")

    assert {*each._spent} == {"late", "next 0", "next 1", "next 2"}
