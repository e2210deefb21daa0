"""What the follower of the index takes from its doorbell, and what it finds late."""

from app.search.index.doorbell import Doorbell


def rung(*rings: tuple[int, int]) -> Doorbell:
    """One that rang for these revs, each of a room."""
    doorbell = Doorbell()
    for room, rev in rings:
        doorbell.ring(room, rev)
    return doorbell


def test_a_room_is_taken_once_with_the_first_rev_that_it_rang_for() -> None:
    doorbell = rung((1, 5), (2, 7), (1, 9), (1, 3))

    assert doorbell.take() == {1: 5, 2: 7}
    assert doorbell.take() == {}


def test_what_rings_while_it_is_written_is_late() -> None:
    doorbell = rung((1, 5))
    doorbell.take()

    doorbell.ring(1, 6)
    doorbell.written({1: 7})
    doorbell.ring(1, 7)

    assert doorbell.take() == {}


def test_what_rings_beyond_what_was_written_is_taken_from_there_on() -> None:
    doorbell = rung((1, 5))
    doorbell.take()

    doorbell.ring(1, 6)
    doorbell.ring(1, 9)
    doorbell.written({1: 7})

    assert doorbell.take() == {1: 8}


def test_what_is_left_is_taken_again_from_where_it_was() -> None:
    doorbell = rung((1, 9))

    doorbell.leave({1: 8})

    assert doorbell.take() == {1: 8}
