"""The checker over files: a history in which they were kept passes, each way to break it is named.

In room 1 client 1 posts "look" with two files and "again" with the first of them, client 2 reads both, and "look" is
deleted. In room 2, which client 1 is not in, client 2 posts a file that nobody else may read.
"""

import uuid

import pytest

from tests.faults.breaches import Breach, Breaches, Judged, opened
from tests.faults.checker.files import content_of, digest_of
from tests.faults.checker.history import Acked, Fetched, Posted, Record, Refused, Saw, Tried
from tests.faults.checker.ledger import Head, Row
from tests.faults.checker.state import Change, Details
from tests.faults.checker.verdict import Kind

BOTH, ONE, CLOSED = (str(uuid.UUID(int=n, version=4)) for n in (1, 2, 3))
DELETED = Details(deleted=True)
OTHER = digest_of(b"other bytes")


def digest(file: str) -> str:
    return digest_of(content_of(file))


class Run(Judged):
    """To be changed before it is judged."""

    def __init__(self) -> None:
        self.rows = [
            Row(1, 1, 3, 101, "id-look", "", DELETED),
            Row(1, 2, 2, 101, "id-again", "again", Details(files=(BOTH,))),
            Row(2, 1, 1, 102, "id-closed", "closed", Details(files=(CLOSED,))),
        ]
        self.heads = {1: Head(2, 3), 2: Head(1, 1)}
        self.first = [
            *opened(1),
            *posted("look", 1, 1, BOTH, ONE),
            *posted("again", 1, 2, BOTH),
            *(Tried(0, "delete", Change(1, 1, "delete")), Acked(0, "delete", 1, 1, 3)),
            *seen(),
        ]
        self.second = [
            *opened(2),
            *posted("closed", 2, 1, CLOSED),
            *seen(),
            Saw(2, 1, 1, ["closed"], [102], {1: Details(files=(CLOSED,))}),
            *(Fetched(0, 1, 1, file, digest(file)) for file in (BOTH, ONE)),
        ]
        self.kept = {file: digest(file) for file in (BOTH, CLOSED)}


def posted(text: str, room: int, seq: int, *files: str) -> list[Record]:
    return [Posted(0, f"id-{text}", room, text, None, files), Acked(0, f"id-{text}", room, seq, seq)]


def seen() -> list[Record]:
    both = {1: Details(files=(BOTH, ONE)), 2: Details(files=(BOTH,))}
    return [Saw(1, 1, 1, ["look", "again"], [101, 101], both), Saw(1, 1, 3, [""], [101], {1: DELETED})]


def test_a_run_in_which_files_were_kept_is_clean() -> None:
    verdict = Run().clean()

    assert (verdict.acked, verdict.carried, verdict.read, verdict.denied) == (3, 2, 2, 0)


def test_a_file_whose_message_is_deleted_may_be_refused_and_an_outsider_always() -> None:
    run = Run()
    run.second.append(Fetched(0, 1, 1, ONE, None))
    run.first.append(Fetched(0, 2, 1, CLOSED, None))

    run.clean()


def test_a_file_that_was_uploaded_for_nothing_may_be_kept() -> None:
    run = Run()
    run.kept = {**run.kept, str(uuid.uuid4()): OTHER}

    run.clean()


def test_whoever_posted_a_file_may_read_it() -> None:
    run = Run()
    run.second.append(Fetched(0, 2, 1, CLOSED, digest(CLOSED)))

    run.clean()


def test_the_bytes_of_a_file_are_always_the_same_and_those_of_another_differ() -> None:
    files = [str(uuid.UUID(int=n, version=4)) for n in range(200)]
    contents = [content_of(file) for file in files]

    assert [content_of(file) for file in files] == contents
    assert len({*contents}) == len(files)
    assert min(map(len, contents)) < 3_000 < 500_000 < max(map(len, contents))


BREACHES = Breaches[Run]()


@BREACHES.of(Kind.LOST, "client 1: again was acknowledged as room 1, seq 2, and stands there as")
@BREACHES.of(Kind.DIVERGED, "client 1, room 1: saw seq 2 at rev 2 as")
def a_message_without_its_file(run: Run) -> None:
    run.rows[1] = Row(1, 2, 2, 101, "id-again", "again")


@BREACHES.of(Kind.LOST, "client 1: again was acknowledged as room 1, seq 2, and stands there as")
@BREACHES.of(Kind.INVENTED, "Room 1, seq 2, rev 2: its author did not post it with the files")
def a_message_with_a_file_too_many(run: Run) -> None:
    run.rows[1] = Row(1, 2, 2, 101, "id-again", "again", Details(files=(BOTH, CLOSED)))


@BREACHES.of(Kind.LOST, f"Room 1, seq 2: it shows the file {BOTH}, whose bytes are not there.")
def a_file_whose_bytes_are_gone(run: Run) -> None:
    run.kept = {CLOSED: digest(CLOSED)}


@BREACHES.of(Kind.CORRUPTED, f"Room 1, seq 2: the bytes of the file {BOTH} are not those")
def a_file_with_other_bytes(run: Run) -> None:
    run.kept = {**run.kept, BOTH: OTHER}


@BREACHES.of(Kind.CORRUPTED, f"client 2 read the file {BOTH}, and the bytes are not those")
def a_reader_who_was_sent_other_bytes(run: Run) -> None:
    run.second.append(Fetched(0, 1, 2, BOTH, OTHER))


@BREACHES.of(Kind.LOST, f"client 2 was refused the file {BOTH}, which room 1, seq 2 shows.")
def a_member_who_was_refused(run: Run) -> None:
    run.second.append(Fetched(0, 1, 2, BOTH, None))


@BREACHES.of(Kind.OVERHEARD, f"client 1 read the file {CLOSED}, and is in no room that shows it.")
def an_outsider_who_read_a_file(run: Run) -> None:
    run.first.append(Fetched(0, 2, 1, CLOSED, digest(CLOSED)))


@BREACHES.of(Kind.OVERHEARD, f"client 1 read the file {CLOSED}, and is in no room that shows it.")
def a_file_that_was_shown_by_a_post_from_outside(run: Run) -> None:
    run.second[-1:] = [Posted(0, "id-out", 3, "out", None, (CLOSED,)), Refused(0, "id-out", "not_a_member", final=True)]
    run.first.append(Fetched(0, 2, 1, CLOSED, digest(CLOSED)))


@BREACHES.of(Kind.UNDELETED, f"Room 1, seq 1: deleted, and its file {ONE} is still there.")
def a_file_that_was_left_behind(run: Run) -> None:
    run.kept = {**run.kept, ONE: digest(ONE)}


@BREACHES.of(Kind.UNDELETED, "Room 1, seq 1, rev 3: deleted, and still")
def a_deleted_message_that_shows_its_file(run: Run) -> None:
    run.rows[0] = Row(1, 1, 3, 101, "id-look", "", Details(deleted=True, files=(BOTH,)))


KINDS = {Kind.CORRUPTED}


@pytest.mark.parametrize("breach", BREACHES, ids=str)
def test_each_breach_of_files_is_named(breach: Breach[Run]) -> None:
    breach.assert_named(Run())


def test_every_kind_of_breach_of_files_is_tried() -> None:
    assert BREACHES.kinds >= KINDS
