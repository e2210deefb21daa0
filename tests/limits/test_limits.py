"""What all ask together is bounded, beyond what each has of their own; and what is spent counts in all processes."""

from collections import Counter
from collections.abc import Iterable

import pytest

from app.base.config import Config
from app.base.errors import RateLimited
from app.limits.budget import PEOPLE, STRANGERS, Share
from app.limits.kinds import READ
from app.limits.limits import Limits

MANY_TIMES = 60
pytestmark = pytest.mark.usefixtures("clock")


def made(times: float = 1) -> Limits:
    return Limits(Config(request_factor=times, _env_file=None))


def allowed(limits: Limits, who: Iterable[tuple[int | None, str]]) -> int:
    """How many requests pass, where each of these makes `MANY_TIMES`; the others hear that many are asking."""
    said = Counter[str]()
    for user_id, network in who:
        for _ in range(MANY_TIMES):
            try:
                limits.count_request(READ, user_id, network)
            except RateLimited as error:
                said[error.message] += 1
            else:
                said["passed"] += 1
    assert {*said} == {"passed", "Many are asking for much just now. Wait a moment."}
    return said["passed"]


def in_all(share: Share, count: int) -> int:
    return count * share.own_burst + share.common_burst


def test_what_many_people_ask_at_once_is_bounded_beyond_what_each_has() -> None:
    people = [(number, "") for number in range(100)]

    assert allowed(made(), people) == in_all(PEOPLE, 100)


@pytest.mark.parametrize(("times", "all_of_it"), [(0.5, 1), (1, 1), (3, 3)])
def test_what_many_strangers_ask_at_once_is_bounded_as_the_server_wants(times: float, all_of_it: int) -> None:
    strangers = [(None, f"192.0.2.{number}") for number in range(100)]

    assert allowed(made(times), strangers) == all_of_it * in_all(STRANGERS, 100)


def test_what_was_spent_in_another_process_counts_here_but_for_what_only_that_one_counts() -> None:
    here, there = made(), made()
    there.count_search(1)
    assert not there.is_unshared.is_set()
    for _ in range(29):
        there.count_search(1)
    assert there.is_unshared.is_set()

    here.charge([("something that a newer Parley counts", "1", 9), *there.unshared()])
    assert not there.is_unshared.is_set()

    with pytest.raises(RateLimited, match="You are searching faster"):
        here.count_search(1)
    here.count_search(2)
