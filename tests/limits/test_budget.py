"""Each has something of their own, and all share what is asked beyond that."""

from types import SimpleNamespace

from app.limits.budget import Budget, Share

SHARE = Share(own_per_s=1, own_burst=2, common_per_s=10, common_burst=5)


def spent(budget: Budget, key: str, times: int) -> int:
    """How many of so many requests are allowed."""
    return sum(budget.spend(key) == 0 for _ in range(times))


def test_one_alone_may_ask_for_all_that_goes_beyond_ones_own(clock: SimpleNamespace) -> None:
    budget = Budget(SHARE, 1)

    assert spent(budget, "a", 20) == 2 + 5
    clock.now += 1.0
    assert spent(budget, "a", 20) == 1 + 5


def test_what_many_ask_leaves_each_their_own(clock: SimpleNamespace) -> None:
    budget = Budget(SHARE, 1)

    assert sum(spent(budget, f"hostile {n}", 20) for n in range(100)) == 100 * 2 + 5
    assert spent(budget, "alice", 20) == 2

    clock.now += 1.0
    assert [spent(budget, f"hostile {n}", 20) for n in range(100)] == [6] + [1] * 99
    assert spent(budget, "alice", 20) == 1


def test_a_server_may_allow_each_and_all_of_them_several_times_as_much(clock: SimpleNamespace) -> None:
    budget = Budget(SHARE, 3)

    assert spent(budget, "a", 50) == 3 * (2 + 5)
    clock.now += 0.1
    assert [spent(budget, key, 50) for key in "ab"] == [3, 3 * 2]  # all share ten a second, three times
    clock.now += 1.0
    assert spent(budget, "a", 50) == 3 * 1 + 3 * 5
