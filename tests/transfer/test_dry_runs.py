"""A dry run counts what the run then does, and writes nothing."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from app.chat.wire.commands import MAX_TEXT_CHARS
from app.transfer.records import LeftOut, Message, Person, Reaction, Record, Room
from app.transfer.report import Report
from tests.transfer.conftest import Bring, Export
from tests.transfer.test_importing import AT, BOB, KITCHEN, OLENA, message

LATER = AT + timedelta(hours=1)
LONG = "\n".join(f"line {number} " + "x" * 80 for number in range(2 * MAX_TEXT_CHARS // 85))
THUMB, HEART = Reaction("👍", "U2"), Reaction("❤️", "U1")
PEOPLE: list[Record] = [KITCHEN, OLENA, BOB]
OLDER: list[Record] = [
    *(message("1", "stays", 1, reactions=(THUMB,)), message("2", "a questoin", 2), message("3", "goes", 3)),
    *(message("4", LONG, 4), message("5", "changed here", 5, edited_at=LATER)),
    *PEOPLE,
]
NEWER: list[Record] = [
    *(message("1", "stays", 1, reactions=(THUMB, HEART, HEART)), message("2", "a question", 2, edited_at=LATER)),
    Message("C1", "3", "USLACKBOT", AT, "", is_deleted=True),
    *(message("4", "small", 4, edited_at=LATER), message("5", "long ago", 5, edited_at=AT)),
    message("6", "new", 6, "U3", reply_to="1", reactions=(THUMB, THUMB, Reaction("👍", "U3"), Reaction("none", "U3"))),
    *(message("7", LONG, 7), message("8", " ", 8), message("9", "", 9, is_deleted=True, reactions=(THUMB,))),
    *(Message("D1", "1", "U1", AT, "between us"), Room("D1", "direct", members=("U1", "U2"))),
    *(Message("C2", "1", "nobody", AT, "in a room that is named alone"), Person("U3", "cat"), LeftOut("joins", 3)),
    *(*PEOPLE, Person("USLACKBOT", "slackbot", kind="bot")),
]


def counts(report: Report) -> dict[str, Any]:
    """All that is counted."""
    return {name: count for name, count in report.as_json().items() if name != "is_dry"}


async def test_a_dry_run_counts_what_a_newer_export_adds_changes_and_deletes_and_writes_nothing(
    bring: Bring, look: Bring, export: Export
) -> None:
    first = [await look(OLDER), await bring(OLDER)]
    before = await export()
    looked = await look(NEWER)
    after = await export()
    came = await bring(NEWER)
    again = [await look(NEWER), await bring(NEWER)]

    parts = first[1].messages_written - 4
    assert parts > 1
    assert after == before
    assert [counts(each) for each in (first[0], looked, again[0])] == [
        counts(each) for each in (first[1], came, again[1])
    ]
    assert (looked.messages_deleted, looked.messages_changed, looked.reactions) == (parts, 2, 3)
    assert (looked.messages_written, looked.messages_here_already, looked.messages_split) == (4 + parts, 5, 1)
    assert (again[0].messages_written, again[0].messages_changed, again[0].messages_deleted) == (0, 0, 0)
    assert f"{parts} were deleted there since, and would be deleted here" in looked.as_table()
    assert f"{parts} were deleted there since, and are deleted here" in came.as_table()


async def test_a_dry_run_finds_what_stands_in_a_conversation_of_the_same_people(bring: Bring, look: Bring) -> None:
    direct = Room("D1", "direct", members=("U1", "U2"))

    def exported(is_deleted: bool) -> Sequence[Record]:
        id = UUID("0e37df36-f698-4be8-b2d5-4a7bbfd7f1f1")
        return [Message("D1", "1", "U1", AT, "between us", id=id, is_deleted=is_deleted), direct, OLENA, BOB]

    await bring(exported(is_deleted=False), "one")
    looked = await look(exported(is_deleted=True), "another")
    came = await bring(exported(is_deleted=True), "another")

    assert (looked.messages_written, looked.messages_here_already, looked.messages_deleted) == (0, 1, 1)
    assert counts(looked) == counts(came)
