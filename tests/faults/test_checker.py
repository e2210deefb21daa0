"""The checker itself: a history in which the promise held passes, and each way to break it is named."""

import pytest

from tests.faults import test_checker_changes, test_checker_files, test_checker_index
from tests.faults.breaches import Breach, Breaches, Judged, back, opened
from tests.faults.checker.history import (
    Acked,
    Again,
    Live,
    Loaded,
    Opened,
    Posted,
    Received,
    Refused,
    Reset,
    Resumed,
    Saw,
)
from tests.faults.checker.ledger import Head, Row
from tests.faults.checker.verdict import Kind
from tests.faults.checker.view import stretches

AUTHORS = {"1.1": 101, "1.2": 101, "2.1": 102, "1.3": 101}
TEXTS = [*AUTHORS]


class Run(Judged):
    """Four messages in room 1, written by two clients and seen by both; to be changed before it is judged."""

    def __init__(self) -> None:
        self.rows = [row(seq, text) for seq, text in enumerate(TEXTS, 1)]
        self.heads = {1: Head(4, 4), 2: Head(0, 0)}
        self.first = [
            *opened(1),
            *(posted(text) for text in ("1.1", "1.2", "1.3")),
            *(acked("1.1", 1), acked("1.2", 2), acked("1.3", 4)),
            saw(1, 4),
        ]
        self.second = [*opened(2), posted("2.1"), acked("2.1", 3), saw(1, 4)]


def row(seq: int, text: str) -> Row:
    return Row(1, seq, seq, AUTHORS.get(text, 101), f"id-{text}", text)


def posted(text: str, room: int = 1) -> Posted:
    return Posted(0, f"id-{text}", room, text)


def acked(text: str, seq: int, room: int = 1) -> Acked:
    return Acked(0, f"id-{text}", room, seq, seq)


def saw(first: int, last: int) -> Saw:
    texts = TEXTS[first - 1 : last]
    return Saw(1, first, first, texts, [AUTHORS[text] for text in texts])


def test_a_run_in_which_everything_held_is_clean() -> None:
    verdict = Run().clean()

    assert (verdict.acked, verdict.unknown, verdict.seen, verdict.sockets) == (4, 0, 8, 2)


def test_what_a_resume_brings_again_is_no_double() -> None:
    run = Run()
    run.first[-1:] = [saw(1, 3), *back(3, 2), saw(4, 4), saw(3, 4), Live(1, 4)]

    run.clean()


def test_a_resume_on_a_living_socket_may_bring_again_what_came_meanwhile() -> None:
    run = Run()
    run.first[-1:] = [saw(1, 2), Resumed({1: 1}), saw(3, 3), saw(2, 4), Live(1, 4)]

    run.clean()


def test_a_reset_whose_messages_are_loaded_over_http_is_whole() -> None:
    run = Run()
    page = saw(1, 3)
    loaded = Loaded(1, 1, 1, page.texts, page.authors)
    run.first[-1:] = [Opened(0, {1: 3}), Resumed({1: 0}), Reset(0, 1, 3), Live(1, 3), saw(4, 4), loaded]

    verdict = run.clean()

    assert verdict.resets == 1


@pytest.mark.parametrize("stands_there", [True, False])
def test_an_unknown_outcome_may_stand_in_the_database_or_not(stands_there: bool) -> None:
    run = Run()
    run.first.remove(acked("1.3", 4))
    if not stands_there:
        del run.rows[3]
        run.heads[1] = Head(3, 3)
        run.first[-1] = run.second[-1] = saw(1, 3)

    verdict = run.clean()

    assert verdict.unknown == 1


def test_a_message_that_was_sent_again_may_change_places_and_be_acknowledged_twice() -> None:
    run = Run()
    exchange_the_first_two(run)
    run.first[5:5] = [Again(0, "id-1.1"), acked("1.1", 2)]

    run.clean()


def test_a_refusal_that_may_be_repeated_is_no_outcome() -> None:
    run = Run()
    run.first[5:5] = [Refused(0, "id-1.2", "unavailable", final=False), Again(0, "id-1.2")]

    verdict = run.clean()

    assert verdict.refused == 0


BREACHES = Breaches[Run]()


@BREACHES.of(Kind.DISORDER, "client 1: seq 1 of room 1 was posted after seq 2")
def exchange_the_first_two(run: Run) -> None:
    """Write the second message of client 1 before its first, and let everybody see that."""
    run.rows[:2] = [row(1, "1.2"), row(2, "1.1")]
    run.first[6:8] = [acked("1.2", 1), acked("1.1", 2)]
    run.first[-1] = run.second[-1] = Saw(1, 1, 1, ["1.2", "1.1", "2.1", "1.3"], [101, 101, 102, 101])


@BREACHES.of(Kind.LOST, "client 1: 1.4 was acknowledged as room 1, seq 5, and is not there")
def an_ack_without_a_message(run: Run) -> None:
    run.first[3:3] = [posted("1.4"), acked("1.4", 5)]


@BREACHES.of(Kind.LOST, "client 2: 2.1 was acknowledged as room 1, seq 2")
def an_ack_that_names_another_place(run: Run) -> None:
    run.second[-2] = acked("2.1", 2)


@BREACHES.of(Kind.LOST, "client 2: 2.1 was acknowledged as room 1, seq 3, and stands there as")
def a_message_with_another_text(run: Run) -> None:
    run.rows[2] = run.rows[2]._replace(text="2.0")


@BREACHES.of(Kind.LOST, "client 2: 2.1 was acknowledged as room 1, seq 3, and stands there as")
def a_message_with_another_author(run: Run) -> None:
    run.rows[2] = run.rows[2]._replace(author=101)


@BREACHES.of(Kind.DOUBLED, "Room 1, seq 5: '1.2' was acknowledged at seq 2")
def a_message_twice_under_one_id(run: Run) -> None:
    run.rows.append(row(5, "1.2"))
    run.heads[1] = Head(5, 5)
    for history in (run.first, run.second):
        history.append(Saw(1, 5, 5, ["1.2"], [101]))


@BREACHES.of(Kind.DOUBLED, "Room 1, seq 5: '1.2' stands there once more")
def an_unknown_outcome_twice(run: Run) -> None:
    a_message_twice_under_one_id(run)
    run.first.remove(acked("1.2", 2))


@BREACHES.of(Kind.DOUBLED, "client 1: one post is seq 1 of room 1, and room 1, seq 2")
def two_acks_that_differ(run: Run) -> None:
    run.first.append(acked("1.1", 2))


@BREACHES.of(Kind.SKIPPED, "Room 1 has no messages with seq 2 to 2")
def a_seq_that_is_missing(run: Run) -> None:
    del run.rows[1]


@BREACHES.of(Kind.SKIPPED, "Room 1 counts 5 messages and holds 4")
def a_counter_ahead_of_its_messages(run: Run) -> None:
    run.heads[1] = Head(5, 5)


@BREACHES.of(Kind.DISORDER, "Room 1, seq 4: its rev 2 is not above those before it")
def revs_that_do_not_rise(run: Run) -> None:
    run.rows[3] = run.rows[3]._replace(rev=2)


@BREACHES.of(Kind.DISORDER, "Room 1, seq 3: its rev 4 is that of seq 2 too")
def a_rev_of_two_messages(run: Run) -> None:
    run.rows[1] = run.rows[1]._replace(rev=4)
    run.rows[2] = run.rows[2]._replace(rev=4)


@BREACHES.of(Kind.SKIPPED, "Room 1 counts 5 changes, and the newest has rev 4")
def a_counter_ahead_of_its_changes(run: Run) -> None:
    run.heads[1] = Head(4, 5)


@BREACHES.of(Kind.INVENTED, "Room 1, seq 5: nobody posted '1.9'")
def a_post_of_nobody(run: Run) -> None:
    run.rows.append(row(5, "1.9"))
    run.heads[1] = Head(5, 5)


@BREACHES.of(Kind.INVENTED, "Room 1, seq 5: '1.9' was refused, and stands there")
def a_post_that_was_refused(run: Run) -> None:
    run.first[3:3] = [posted("1.9"), Refused(0, "id-1.9", "not_a_member", final=True)]
    a_post_of_nobody(run)


@BREACHES.of(Kind.INVENTED, "client 2: room 1, seq 4 was acknowledged, and never posted")
def an_ack_for_nothing(run: Run) -> None:
    run.second.append(acked("2.9", 4))


@BREACHES.of(Kind.MISSED, "client 1, room 1: never saw seq 4 to 4")
def a_message_that_a_member_never_saw(run: Run) -> None:
    run.first[-1] = saw(1, 3)


@BREACHES.of(Kind.SKIPPED, "client 1, room 1: the socket stood at rev 1 and brought rev 3")
def a_gap_on_a_socket(run: Run) -> None:
    run.first[-1:] = [saw(1, 1), saw(3, 4)]


@BREACHES.of(Kind.DOUBLED, "client 1, room 1: the socket stood at rev 2 and brought rev 2")
def a_message_twice_on_a_socket(run: Run) -> None:
    run.first[-1:] = [saw(1, 2), saw(2, 4)]


@BREACHES.of(Kind.DOUBLED, "client 1, room 1: the socket stood at rev 3 and brought rev 2")
def two_messages_swapped_on_a_socket(run: Run) -> None:
    run.first[-1:] = [saw(1, 1), saw(3, 3), saw(2, 2), saw(4, 4)]


@BREACHES.of(Kind.SKIPPED, "client 1, room 1: live at rev 4, but everything was brought up to 2 only")
def a_live_that_claims_too_much(run: Run) -> None:
    run.first[-1:] = [saw(1, 2), *back(4, 2), Live(1, 4)]


@BREACHES.of(Kind.SKIPPED, "client 1, room 1: live at rev 4, but everything was brought up to 1 only")
def a_resume_that_begins_too_late(run: Run) -> None:
    run.first[-1:] = [saw(1, 1), *back(4, 1), saw(3, 4), Live(1, 4)]


@BREACHES.of(Kind.INVENTED, "client 1, room 1: saw '2.2' at seq 5")
def something_that_never_was_on_a_socket(run: Run) -> None:
    run.first.append(Saw(1, 5, 5, ["2.2"], [102]))


@BREACHES.of(Kind.OVERHEARD, "client 1 saw room 2, seq 1, and is no member")
def an_outsider_who_saw_a_message(run: Run) -> None:
    run.first.append(Saw(2, 1, 1, ["2.1"], [102]))


@BREACHES.of(Kind.OVERHEARD, "client 1 received heads of room 2")
def an_outsider_who_heard_heads(run: Run) -> None:
    run.first.append(Received(2, "heads"))


@BREACHES.of(Kind.OVERHEARD, "client 1 was sent rooms [1, 2], not [1]")
def an_outsider_who_was_told_of_a_room(run: Run) -> None:
    run.first[0] = Opened(0, {1: 0, 2: 0})


@BREACHES.of(Kind.OVERHEARD, "client 1 wrote room 2, seq 1, and is no member")
def an_outsider_who_wrote(run: Run) -> None:
    run.rows.append(Row(2, 1, 1, 101, "id-1.4", "1.4"))
    run.heads[2] = Head(1, 1)
    run.first[3:3] = [posted("1.4", room=2), acked("1.4", 1, room=2)]
    run.second.append(Saw(2, 1, 1, ["1.4"], [101]))


@pytest.mark.parametrize("breach", BREACHES, ids=str)
def test_each_breach_of_the_promise_is_named(breach: Breach[Run]) -> None:
    breach.assert_named(Run())


def test_every_kind_of_breach_is_tried() -> None:
    beside = test_checker_index.KINDS | {Kind.MISCOUNTED, Kind.FAILED}  # tests/files/test_space.py, test_update.py
    assert BREACHES.kinds == {*Kind} - test_checker_changes.KINDS - test_checker_files.KINDS - beside


def test_numbers_are_told_as_stretches() -> None:
    assert stretches([1, 2, 3, 5, 8, 9]) == [(1, 3), (5, 5), (8, 9)]
    assert stretches([]) == []
