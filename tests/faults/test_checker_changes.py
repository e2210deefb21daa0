"""The checker over edits, deletions and reactions: a history in which they held passes, each way to break it is named.

In room 1 client 1 writes "one" and "two", client 2 replies to the first. Then "one" is edited to "uno", which takes the
reply along, both react to "two", one of them takes that back, and the reply is deleted.
"""

import pytest

from tests.faults.breaches import Breach, Breaches, Judged, back, opened
from tests.faults.checker.history import (
    Acked,
    Again,
    Live,
    Loaded,
    Posted,
    Record,
    Refused,
    Resumed,
    Saw,
    Tried,
)
from tests.faults.checker.ledger import Head, Row
from tests.faults.checker.state import PLAIN, Change, Details, State
from tests.faults.checker.verdict import Kind

THUMB = "👍"
EDITED = Details(edited="12:00")
REPLY = State("re", 102, Details(reply_to=1, quote=(101, "one", False)))
REPLY_TO_EDITED = State("re", 102, Details(reply_to=1, quote=(101, "uno", False)))
DELETED = State("", 102, Details(deleted=True, reply_to=1, quote=(101, "uno", False)))

# Every state that there was, by rev, with the seq.
STATES: dict[int, tuple[int, State]] = {
    1: (1, State("one", 101)),
    2: (2, State("two", 101)),
    3: (3, REPLY),
    4: (1, State("uno", 101, EDITED)),
    5: (3, REPLY_TO_EDITED),
    6: (2, State("two", 101, Details(reactions=((THUMB, (101,)),)))),
    7: (2, State("two", 101, Details(reactions=((THUMB, (101, 102)),)))),
    8: (2, State("two", 101, Details(reactions=((THUMB, (102,)),)))),
    9: (3, DELETED),
}
EDIT = Change(1, 1, "edit", "uno")
ON, OFF = Change(1, 2, "react", THUMB), Change(1, 2, "react", THUMB, on=False)
DELETE = Change(1, 3, "delete")


class Run(Judged):
    """Both see every state; to be changed before it is judged."""

    def __init__(self) -> None:
        self.rows = [row(4), row(8), row(9)]
        self.heads = {1: Head(3, 9), 2: Head(0, 0)}
        self.first = [
            *opened(1),
            *posted("one", 1),
            *posted("two", 2),
            *done("edit", EDIT, 4),
            *done("on", ON, 6),
            *done("off", OFF, 8),
            *(saw(rev) for rev in STATES),
        ]
        self.second = [
            *opened(2),
            *posted("re", 3, reply_to=1),
            *done("on too", ON, 7),
            *done("delete", DELETE, 9),
            *(saw(rev) for rev in STATES),
        ]


def row(rev: int, state: State | None = None) -> Row:
    seq, there = STATES[rev]
    text, author, details = state or there
    return Row(1, seq, rev, author, ("id-one", "id-two", "id-re")[seq - 1], text, details)


def posted(text: str, seq: int, reply_to: int | None = None) -> list[Record]:
    return [Posted(0, f"id-{text}", 1, text, reply_to), Acked(0, f"id-{text}", 1, seq, seq)]


def done(id: str, change: Change, rev: int) -> list[Record]:
    return [Tried(0, id, change), Acked(0, id, change.room, change.seq, rev)]


def saw(rev: int, state: State | None = None, kind: type[Saw] = Saw) -> Saw:
    seq, there = STATES[rev]
    text, author, details = state or there
    return kind(1, seq, rev, [text], [author], {} if details == PLAIN else {seq: details})


def test_a_run_in_which_every_change_held_is_clean() -> None:
    verdict = Run().clean()

    assert (verdict.acked, verdict.changed, verdict.seen) == (3, 5, 18)


def test_who_was_away_is_brought_each_changed_message_once() -> None:
    run = Run()
    run.first[-9:] = [saw(1), *back(9, 1), saw(4), saw(8), saw(9), Live(1, 9)]

    run.clean()


def test_history_over_http_may_be_older_than_what_is_held() -> None:
    run = Run()
    run.first += [saw(4, kind=Loaded), saw(7, kind=Loaded), saw(5, kind=Loaded)]

    run.clean()


def test_an_edit_whose_outcome_is_unknown_may_be_the_last() -> None:
    run = Run()
    run.first[-9:-9] = [Tried(0, "edit again", Change(1, 1, "edit", "eins"))]
    run.clean()
    run.rows[0] = Row(1, 1, 10, 101, "id-one", "eins", EDITED)
    run.heads[1] = Head(3, 10)
    for history in (run.first, run.second):
        history.append(Saw(1, 1, 10, ["eins"], [101], {1: EDITED}))

    run.clean()


def test_a_deletion_undoes_the_edit_and_the_reactions_before_it() -> None:
    run = Run()
    run.second[-9:-9] = [
        *done("edit re", Change(1, 3, "edit", "Re"), 5),
        *done("on re", Change(1, 3, "react", "🎉"), 5),
    ]
    state = State(
        "Re", 102, Details(edited="12:00", reply_to=1, quote=(101, "uno", False), reactions=(("🎉", (102,)),))
    )
    run.first[-5] = run.second[-5] = saw(5, state)

    run.clean()


def test_a_change_that_is_refused_is_no_breach() -> None:
    run = Run()
    run.first[-9:-9] = [Tried(0, "meddle", DELETE), Refused(0, "meddle", "forbidden", final=True)]

    run.clean()


BREACHES = Breaches[Run]()


@BREACHES.of(Kind.UNDONE, "client 1: edit to 'uno' of room 1, seq 1, was acknowledged at rev 4, where")
def an_edit_that_is_gone(run: Run) -> None:
    run.rows[0] = row(4, State("one", 101))


@BREACHES.of(
    Kind.UNDONE, "client 1: edit to 'eins' of room 1, seq 1, was acknowledged at rev 5, and the message stands at rev 4"
)
def an_edit_that_gave_way_to_an_earlier_one(run: Run) -> None:
    run.first[-9:-9] = done("later", Change(1, 1, "edit", "eins"), 5)


@BREACHES.of(
    Kind.UNDONE, "client 1: edit to 'eins' of room 1, seq 1, was acknowledged at rev 10, and nobody changed that"
)
def an_edit_that_was_sent_again_and_made_again_over_a_later_one(run: Run) -> None:
    later = done("edit again", Change(1, 1, "edit", "eins"), 10)
    run.first[-9:-9] = [Again(0, "edit"), *later]
    run.rows[0] = Row(1, 1, 11, 101, "id-one", "uno", EDITED)
    run.heads[1] = Head(3, 11)
    for history in (run.first, run.second):
        history += [Saw(1, 1, 10, ["eins"], [101], {1: EDITED}), Saw(1, 1, 11, ["uno"], [101], {1: EDITED})]


@BREACHES.of(Kind.UNDONE, "client 2: deletion of room 1, seq 3, was acknowledged at rev 9, and the")
def a_deletion_that_is_gone(run: Run) -> None:
    run.rows[2] = row(5)
    run.heads[1] = Head(3, 8)


@BREACHES.of(Kind.UNDONE, "client 2: 👍 on of room 1, seq 2, was acknowledged at rev 7, and nobody")
def a_reaction_that_is_gone(run: Run) -> None:
    run.rows[1] = row(8, State("two", 101))


@BREACHES.of(Kind.UNDONE, "client 1: 👍 off of room 1, seq 2, was acknowledged at rev 8, where it")
def a_reaction_that_is_back(run: Run) -> None:
    run.rows[1] = row(8, STATES[7][1])


@BREACHES.of(Kind.UNDONE, "client 2: 👍 on of room 1, seq 2, was acknowledged at rev 7")
def a_reaction_that_nobody_saw_at_its_rev(run: Run) -> None:
    run.first[-3] = run.second[-3] = saw(7, STATES[6][1])


@BREACHES.of(Kind.UNDONE, "client 1: edit to 'x' of room 1, seq 7, was acknowledged,")
def a_change_of_a_message_that_is_not_there(run: Run) -> None:
    run.first[-9:-9] = done("nowhere", Change(1, 7, "edit", "x"), 10)


@BREACHES.of(Kind.SKIPPED, "client 1, room 1: the socket stood at rev 3 and brought rev")
@BREACHES.of(Kind.STALE, "client 1, room 1: was left with seq 1 at rev 1, where it")
def a_member_who_was_not_sent_an_edit(run: Run) -> None:
    run.first[-6:] = [saw(rev) for rev in (5, 6, 7, 8, 9)]


@BREACHES.of(Kind.STALE, "client 1, room 1: was left with seq 2 at rev 2, where it")
def a_resume_that_leaves_out_what_changed(run: Run) -> None:
    run.first[-9:] = [saw(1), saw(2), saw(3), *back(9, 3), saw(9), Live(1, 9)]


@BREACHES.of(Kind.BACKWARDS, "client 1, room 1: the socket brought seq 2 at rev 8, then")
def an_older_state_after_a_newer_one(run: Run) -> None:
    run.first += [Resumed({1: 3}), saw(4), saw(5), saw(8), saw(9), Resumed({1: 5}), saw(6)]


@BREACHES.of(Kind.DIVERGED, "client 2, room 1: saw seq 2 at rev 7 as")
def one_rev_in_two_states(run: Run) -> None:
    run.first[-3] = saw(7, State("two", 101, Details(reactions=((THUMB, (102, 101)),))))


@BREACHES.of(Kind.DIVERGED, "client 2, room 1: saw seq 3 at rev 5 as")
def one_rev_of_two_messages(run: Run) -> None:
    run.first[-5] = Saw(1, 2, 5, ["two"], [101])


@BREACHES.of(Kind.DIVERGED, "client 1, room 1: saw seq 2 at rev 4 as")
def a_rev_on_which_another_message_stands(run: Run) -> None:
    run.first[-6] = Saw(1, 2, 4, ["two"], [101])


@BREACHES.of(Kind.DIVERGED, "client 1, room 1: saw seq 1 at rev 4 as")
def a_present_state_that_looked_otherwise(run: Run) -> None:
    run.first[-6] = saw(4, State("uno", 101, Details(edited="12:00", html="<p>uno</p>")))


@BREACHES.of(Kind.DIVERGED, "client 1, room 1: saw seq 3 at rev 9 as")
def a_quote_that_was_left_behind(run: Run) -> None:
    run.rows[2] = row(9, State("", 102, Details(deleted=True, reply_to=1, quote=(101, "one", False))))


@BREACHES.of(Kind.UNDONE, "client 2: deletion of room 1, seq 3, was acknowledged at rev 9")
@BREACHES.of(Kind.UNDELETED, "Room 1, seq 3: deleted at rev 9, and there again at rev 10")
def a_deleted_message_that_came_back(run: Run) -> None:
    run.rows[2] = Row(1, 3, 10, 102, "id-re", *REPLY_TO_EDITED[::2])
    run.heads[1] = Head(3, 10)
    for history in (run.first, run.second):
        history.append(Saw(1, 3, 10, ["re"], [102], {3: REPLY_TO_EDITED.details}))


@BREACHES.of(Kind.UNDELETED, "Room 1, seq 3, rev 9: deleted, and still")
def a_deleted_message_that_still_has_words(run: Run) -> None:
    run.rows[2] = row(9, DELETED._replace(text="re"))


@BREACHES.of(Kind.INVENTED, "Room 1, seq 1, rev 4: its author never wrote 'uno'")
def an_edit_that_nobody_made(run: Run) -> None:
    del run.first[7:9]


@BREACHES.of(Kind.INVENTED, "Room 1, seq 1, rev 4: its author never wrote 'uno'")
def an_edit_that_was_refused(run: Run) -> None:
    run.first[8] = Refused(0, "edit", "bad_command", final=True)


@BREACHES.of(Kind.INVENTED, "Room 1, seq 2, rev 8: user 102 never put 👍 to it")
def a_reaction_of_somebody_who_did_not_react(run: Run) -> None:
    del run.second[6:8]


@BREACHES.of(Kind.INVENTED, "Room 1, seq 3, rev 9: its author did not delete it")
def a_deletion_that_nobody_made(run: Run) -> None:
    del run.second[8:10]


@BREACHES.of(Kind.INVENTED, "client 1: deletion of room 1, seq 3, was acknowledged at")
def somebody_elses_message_that_was_changed(run: Run) -> None:
    run.first[-9:-9] = done("meddle", DELETE, 9)


@BREACHES.of(Kind.INVENTED, "client 1: edit to 'uno' of room 1, seq 1, was ack")
def a_change_that_was_acknowledged_elsewhere(run: Run) -> None:
    run.first[8] = Acked(0, "edit", 1, 2, 4)


@BREACHES.of(Kind.INVENTED, "Room 1, seq 3, rev 9: it quotes 'dos', which nobody wrote")
def a_quote_of_words_that_nobody_wrote(run: Run) -> None:
    run.rows[2] = row(9, State("", 102, Details(deleted=True, reply_to=1, quote=(101, "dos", False))))


@BREACHES.of(Kind.INVENTED, "client 1, room 1: saw 'uno' at seq 1, rev 12, which never stood")
def a_state_that_never_stood_there(run: Run) -> None:
    run.first.append(Saw(1, 1, 12, ["uno"], [101], {1: EDITED}))


@BREACHES.of(Kind.OVERHEARD, "client 1 saw room 2, seq 1, and is no member")
def an_outsider_who_saw_a_change(run: Run) -> None:
    run.first.append(Saw(2, 1, 2, [""], [102], {1: Details(deleted=True)}))


@BREACHES.of(Kind.OVERHEARD, "client 1: 👍 on of room 2, seq 1, was acknowledged to")
def an_outsider_who_changed_something(run: Run) -> None:
    run.first[-9:-9] = done("knock", Change(2, 1, "react", THUMB), 1)


KINDS = {Kind.UNDONE, Kind.STALE, Kind.BACKWARDS, Kind.DIVERGED, Kind.UNDELETED}


@pytest.mark.parametrize("breach", BREACHES, ids=str)
def test_each_breach_by_a_change_is_named(breach: Breach[Run]) -> None:
    breach.assert_named(Run())


def test_every_kind_of_breach_by_a_change_is_tried() -> None:
    assert BREACHES.kinds >= KINDS
