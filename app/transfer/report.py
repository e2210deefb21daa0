"""What an import did, or would do: counts, as a table for people and as JSON for programs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import Struct, field, to_builtins

from app.auth.names import DISPLAY_NAME_CHARS
from app.chat.memberships.room_queries import MAX_DIRECT_PEOPLE
from app.rooms.commands import TOPIC_CHARS
from app.transfer.accounts import Account
from app.transfer.carrying import Carrying
from app.transfer.naming import email_of
from app.transfer.places import LONGEST_NAME, topic_line
from app.transfer.records import Person, Room
from app.transfer.spool import Spool
from app.transfer.staged.amending import Amended
from app.transfer.staged.writing import Written
from app.transfer.staging import Staged


class Came(NamedTuple):
    """What became of messages; `deleted` were deleted there since they came."""

    staged: Staged
    written: Written
    amended: Amended
    deleted: int


class Report(Struct):
    """Counts. `joined` are people who were here, each with the login that they have here, and how they were found."""

    people: int = 0
    people_made: int = 0
    joined: dict[str, str] = field(default_factory=dict)
    rooms: int = 0
    rooms_made: int = 0
    messages: int = 0
    messages_written: int = 0
    messages_here_already: int = 0
    messages_changed: int = 0
    messages_deleted: int = 0
    messages_split: int = 0
    reactions: int = 0
    files: int = 0
    files_came: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    is_dry: bool = False

    @classmethod
    def of(
        cls, spool: Spool, people: Mapping[str, Account], known: Mapping[str, int], rooms: Mapping[str, Room]
    ) -> "Report":
        """What is in an export, its rooms among it, beside who of it is here, and which of its rooms are known."""
        everybody = spool.everybody()
        joined = {key: account for key, account in people.items() if account.how in ("email", "login")}
        left_out = spool.left_out | {what: count for what, count in _cut(everybody, rooms) if count}
        admins = sum(person.is_admin and person.stored is None for person in everybody)
        if admins:
            left_out["administrators are members here, until one of yours promotes them"] = admins
        if spool.absent:
            left_out["files that the export does not have (their names stand in the messages)"] = spool.absent
        return cls(
            people=len(everybody),
            people_made=sum(person.key not in people or people[person.key].how == "made" for person in everybody),
            joined={key: f"{account.login}, by {account.how}" for key, account in joined.items()},
            rooms=len(rooms),
            rooms_made=sum(key not in known for key in rooms),
            messages=spool.message_count,
            files=len(spool.opens),
            left_out=left_out,
        )

    def count_messages(self, came: Came) -> None:
        """Note what became of the messages."""
        staged, written = came.staged, came.written
        self.messages_written, self.messages_split = written.messages, staged.split
        self.messages_here_already = staged.rows - written.messages
        self.messages_changed, self.messages_deleted = came.amended.messages, came.deleted
        self.reactions = written.reactions + came.amended.reactions
        if staged.empty:
            self.left_out["messages that say nothing"] = staged.empty
        if staged.orphans:
            self.left_out["answers to messages that did not come: they stand alone"] = staged.orphans
        if staged.unknown:
            self.left_out["reactions that are no emoji which Parley has"] = staged.unknown

    def count_files(self, carrying: Carrying) -> None:
        """Note what became of the files."""
        self.files_came = carrying.count
        self.left_out |= carrying.left_out

    def as_table(self) -> str:
        """Lines for a terminal."""
        come, were, are = ("would come", "are", "would be") if self.is_dry else ("came", "were", "are")
        files = "in the export" if self.is_dry else f"in the export, of which {self.files_came:,} came now"
        rows = [
            ("People", f"{self.people:,}, of whom {self.people_made:,} are new here"),
            ("Rooms", f"{self.rooms:,}, of which {self.rooms_made:,} are new here"),
            ("Messages", f"{self.messages:,} in the export"),
            ("", f"{self.messages_written:,} {come}, {self.messages_here_already:,} {were} here already"),
            ("", f"{self.messages_changed:,} of those were changed since, and {are} changed here"),
            ("", f"{self.messages_deleted:,} were deleted there since, and {are} deleted here"),
            ("", f"{self.messages_split:,} {were} too long and {come} in parts"),
            ("Reactions", f"{self.reactions:,}"),
        ]
        rows += [("Files", f"{self.files:,} {files}")] if self.files else []
        rows += [(f"{key} is", f"{how}") for key, how in sorted(self.joined.items())]
        rows += [("Left out", f"{count:,} {what}") for what, count in sorted(self.left_out.items())]
        width = max(len(name) for name, _ in rows)
        return "\n".join([f"This {come}:", *(f"  {name:<{width}}  {said}" for name, said in rows)])

    def as_json(self) -> dict[str, Any]:
        """The counts by their names."""
        found: dict[str, Any] = to_builtins(self)
        return found


def _cut(people: Sequence[Person], rooms: Mapping[str, Room]) -> Iterator[tuple[str, int]]:
    """What of people and rooms Parley does not take as it is."""
    direct = [room for room in rooms.values() if room.kind == "direct" and len(room.members) <= MAX_DIRECT_PEOPLE]
    named = [room for room in rooms.values() if room.kind != "direct"]
    longest = DISPLAY_NAME_CHARS[-1]
    yield "ends of names of people, which are longer than here", sum(len(each.name) > longest for each in people)
    yield "e-mail addresses that are none", sum(bool(each.email) and email_of(each) is None for each in people)
    yield "ends of names of rooms, which are longer than here", sum(len(room.name) > LONGEST_NAME for room in named)
    yield "ends of topics, which are longer than here", sum(len(topic_line(room.topic)) > TOPIC_CHARS for room in named)
    yield "topics of direct rooms", sum(bool(room.topic) for room in direct)
