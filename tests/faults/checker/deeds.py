"""What people wanted to change, and what became of it. Pure.

A change that is sent again is made once, and one that was acknowledged is never made after that. One that was refused
may have been made by another attempt.
"""

from collections import defaultdict
from dataclasses import dataclass

from tests.faults.checker.history import Posted
from tests.faults.checker.ledger import Ledger, Report, Row
from tests.faults.checker.past import Past
from tests.faults.checker.state import Change, State
from tests.faults.checker.verdict import Kind


@dataclass
class Deed:
    """One change, as its client has it; `rev` is that of its last ack."""

    who: str
    user: int
    change: Change
    times: int = 1
    rev: int | None = None
    is_refused: bool = False

    @property
    def may_have_happened(self) -> bool:
        return not self.is_refused or self.times > 1

    def may_follow(self, other: "Deed") -> bool:
        """Whether it may have been made after another one, which was acknowledged."""
        if self.rev is None:
            return self.may_have_happened
        return other.rev is not None and self.rev > other.rev

    def __str__(self) -> str:
        return f"{self.who}: {self.change}"


class Deeds:
    """All changes that anybody sent."""

    def __init__(self, ledger: Ledger, past: Past, report: Report) -> None:
        self._ledger, self._past, self._report = ledger, past, report
        self._originals: dict[tuple[int, int], str] = {}  # the first texts of messages that have another now
        self._files: dict[tuple[int, int], tuple[str, ...]] = {}  # that messages were posted with
        self._of: defaultdict[tuple[int, int], list[Deed]] = defaultdict(list)

    def add(self, deed: Deed) -> None:
        self._of[deed.change.room, deed.change.seq].append(deed)

    def posted(self, row: Row, post: Posted) -> None:
        """Note what a message said at first, and what it carried."""
        if row.text != post.text:
            self._originals[row.room, row.seq] = post.text
        if post.files:
            self._files[row.room, row.seq] = post.files

    def judge(self) -> None:
        """Hold what was acknowledged against what is there, and what was there against what anybody wanted."""
        for (room, seq), deeds in self._of.items():
            if not 1 <= seq <= len(self._ledger[room]):
                for deed in deeds:
                    if deed.rev is not None:
                        self._report(Kind.UNDONE, f"{deed} was acknowledged, and there is no such message.")
                continue
            row = self._ledger.row(room, seq)
            for deed in deeds:
                if deed.rev is not None:
                    self._judge_acknowledged(deed, deed.rev, row, deeds)
        for row in self._ledger.changed():
            self._judge_state(row.room, row.seq, row.rev, row.state)
        for room, seq, rev, state in self._past.states():
            self._judge_state(room, seq, rev, state)

    def _judge_acknowledged(self, deed: Deed, rev: int, row: Row, deeds: list[Deed]) -> None:
        change, where = deed.change, f"{deed} was acknowledged at rev {rev}"
        if change.kind != "react" and row.author != deed.user:
            self._report(Kind.INVENTED, f"{where}, and the message is somebody else's.")
        then = self._past.at(row.room, row.seq, rev)
        if row.rev < rev:
            self._report(Kind.UNDONE, f"{where}, and the message stands at rev {row.rev}.")
        elif then is not None and not change.holds_in(then, deed.user):
            self._report(Kind.UNDONE, f"{where}, where it is {then}.")
        elif not change.holds_in(row.state, deed.user) and not any(
            other.may_follow(deed) and undoes(other, deed, row.state) for other in deeds
        ):
            self._report(Kind.UNDONE, f"{where}, and nobody changed that; it stands there as {row.state}.")

    def _judge_state(self, room: int, seq: int, rev: int, state: State) -> None:
        """Judge that everything in it was wanted by those who may."""
        where, details = f"Room {room}, seq {seq}, rev {rev}", state.details
        if details.deleted:
            if not self._wanted(state.author, Change(room, seq, "delete")):
                self._report(Kind.INVENTED, f"{where}: its author did not delete it.")
            if state.text or details.html or details.edited or details.reactions or details.files:
                self._report(Kind.UNDELETED, f"{where}: deleted, and still {state}.")
        elif not self._is_written(room, seq, state.author, state.text):
            self._report(Kind.INVENTED, f"{where}: its author never wrote {state.text!r}.")
        elif details.files != self._files.get((room, seq), ()):
            self._report(Kind.INVENTED, f"{where}: its author did not post it with the files {details.files}.")
        if details.quote is not None and details.reply_to is not None:
            author, words, is_deleted = details.quote
            if not is_deleted and not self._is_written(room, details.reply_to, author, words):
                self._report(Kind.INVENTED, f"{where}: it quotes {words!r}, which nobody wrote there.")
        for emoji, users in details.reactions:
            for user in users:
                if not self._wanted(user, Change(room, seq, "react", emoji)):
                    self._report(Kind.INVENTED, f"{where}: user {user} never put {emoji} to it.")

    def _is_written(self, room: int, seq: int, author: int, text: str) -> bool:
        """Whether the author of a message gave it this text, at first or later."""
        original = self._originals.get((room, seq))
        if original is None:
            rows = self._ledger[room]
            original = rows.texts[seq - 1] if 1 <= seq <= len(rows) else None
        return text == original or self._wanted(author, Change(room, seq, "edit", text))

    def _wanted(self, user: int, change: Change) -> bool:
        deeds = self._of.get((change.room, change.seq), [])
        return any(deed.user == user and deed.may_have_happened and deed.change == change for deed in deeds)


def undoes(later: Deed, deed: Deed, state: State) -> bool:
    """Whether the state of a message comes from a later change, which undoes an earlier one."""
    if later.change.kind == "delete":
        return state.details.deleted and deed.change.kind != "delete"
    is_same = later.user == deed.user and later.change.kind == deed.change.kind
    if deed.change.kind == "react":
        is_same = is_same and later.change.value == deed.change.value
    return is_same and later.change.holds_in(state, later.user)
