"""Who is seen where: by several processes, for a time."""

from app.chat.presence.roster import Move, Roster
from app.chat.wire.events import Author

ALICE, BOB = Author(1, "alice", "Alice"), Author(2, "bobby", "Bob")


def test_someone_is_in_a_room_from_the_first_sighting_to_the_last() -> None:
    roster = Roster()

    assert roster.see("here", ALICE, [1], None) == [Move(1, True, ALICE)]
    assert roster.see("there", ALICE, [1], 5) == []
    assert roster.lose("here", ALICE.id) == []
    assert roster.people_in(1) == [ALICE]
    assert roster.lose("there", ALICE.id) == [Move(1, False, ALICE)]
    assert roster.people_in(1) == []


def test_a_sighting_replaces_the_same_process_s_earlier_one() -> None:
    roster = Roster()
    roster.see("here", ALICE, [1, 2], None)

    changes = roster.see("here", ALICE, [2, 3], None)

    assert changes == [Move(3, True, ALICE), Move(1, False, ALICE)]
    assert roster.seen_by("here") == [(ALICE, frozenset({2, 3}))]


def test_people_stand_in_the_order_in_which_they_came() -> None:
    roster = Roster()
    roster.see("here", BOB, [1], None)
    roster.see("here", ALICE, [1], None)
    roster.see("there", BOB, [1], 5)

    assert roster.people_in(1) == [BOB, ALICE]


def test_a_sighting_expires_at_its_time_and_not_before() -> None:
    roster = Roster()
    roster.see("here", ALICE, [1], None)
    roster.see("there", BOB, [1], 5)

    assert roster.expired(4.9) == []
    assert roster.expired(5) == [("there", BOB.id)]


def test_prolonging_lets_what_others_see_last_and_nothing_else() -> None:
    roster = Roster()
    roster.see("here", ALICE, [1], 5)
    roster.see("there", BOB, [1], 5)
    roster.see("elsewhere", BOB, [1], 20)

    roster.prolong("here", 10)

    assert roster.expired(9) == [("here", ALICE.id)]
    assert roster.expired(19) == [("here", ALICE.id), ("there", BOB.id)]


def test_a_new_name_is_announced_to_every_room() -> None:
    roster = Roster()
    roster.see("here", ALICE, [1], None)
    renamed = Author(1, "alice", "Alicia")

    assert roster.rename(renamed) == [Move(1, True, renamed)]
    assert roster.rename(renamed) == []
    assert roster.people_in(1) == [renamed]


def test_whom_nobody_sees_is_lost_and_renamed_without_a_word() -> None:
    assert Roster().lose("here", 1) == []
    assert Roster().rename(ALICE) == []
    assert Roster().sighting("here", 1) is None
