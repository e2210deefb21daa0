"""One client's history, judged from its beginning. Pure."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from tests.faults.checker.deeds import Deed, Deeds
from tests.faults.checker.files import Files
from tests.faults.checker.history import (
    Acked,
    Again,
    Fetched,
    Live,
    Opened,
    Posted,
    Received,
    Record,
    Refused,
    Reset,
    Resumed,
    Saw,
    Tried,
)
from tests.faults.checker.ledger import Ledger, Row
from tests.faults.checker.past import Past
from tests.faults.checker.verdict import Kind, Verdict
from tests.faults.checker.view import View


@dataclass(frozen=True)
class Member:
    """Whom a client speaks for."""

    user: int
    rooms: frozenset[int]


def may_be(row: Row, post: Posted) -> bool:
    """Whether a row may be what was posted; what was edited or deleted may have any text."""
    is_changed = row.details.edited is not None or row.details.deleted
    is_same = (row.room, row.details.reply_to) == (post.room, post.reply_to)
    is_same = is_same and (row.details.deleted or row.details.files == post.files)
    return is_same and (is_changed or row.text == post.text)


class Witness:
    """See the module. `unacknowledged` and `refused` are posts."""

    def __init__(
        self, client: int, member: Member, ledger: Ledger, past: Past, deeds: Deeds, files: Files, verdict: Verdict
    ) -> None:
        self._name = f"client {client}"
        self._member = member
        self._ledger, self._past, self._all_deeds, self._files = ledger, past, deeds, files
        self._verdict = verdict
        self._report = verdict.report
        self._views = {room: View(f"{self._name}, room {room}", ledger[room], self._report) for room in member.rooms}
        self._acked: dict[str, tuple[int, int]] = {}
        self._sent = 0
        self._sent_once: dict[str, int] = {}  # on this socket, with the place in the order of sending
        self._kept_order: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)  # by room: that place, and seq
        self.unacknowledged: dict[str, Posted] = {}
        self.refused: set[str] = set()
        self._deeds: dict[str, Deed] = {}

    def take(self, record: Record) -> None:
        match record:
            case Saw():  # Loaded too
                self._saw(record)
            case Posted():
                self.unacknowledged[record.id] = record
                self._sent += 1
                self._sent_once[record.id] = self._sent
                self._files.posted(self._member.user, self._member.rooms, record)
            case Tried(id=id, change=change):
                self._deeds[id] = Deed(self._name, self._member.user, change)
                self._all_deeds.add(self._deeds[id])
            case Acked(id=id) if id in self._deeds:
                self._was_done(self._deeds[id], record)
            case Acked():
                self._was_acked(record)
            case Again(id=id) if id in self._deeds:
                self._deeds[id].times += 1
            case Again(id=id):
                self._sent_once.pop(id, None)
            case Refused():
                self._was_refused(record)
            case Opened():
                self._opened(record)
            case Resumed(rooms=rooms):
                for room, cursor in rooms.items():
                    self._views[room].resumed(cursor)
            case Live(room=room, rev=rev):
                self._views[room].live(rev)
            case Reset(room=room, rev=rev):
                self._verdict.resets += 1
                self._views[room].reset(rev)
            case Fetched():
                self._files.fetched(self._name, self._member.user, self._member.rooms, record)
            case Received(room=room, kind=kind):
                self._report(Kind.OVERHEARD, f"{self._name} received {kind} of room {room}, and is no member.")

    def conclude(self) -> None:
        """Judge what only the end of the history shows."""
        self._judge_order()
        for view in self._views.values():
            view.conclude()

    def _opened(self, record: Opened) -> None:
        self._judge_order()
        self._verdict.sockets += 1
        if record.rooms.keys() != self._member.rooms:
            sentence = f"{self._name} was sent rooms {sorted(record.rooms)}, not {sorted(self._member.rooms)}."
            self._report(Kind.OVERHEARD, sentence)
        for room in record.rooms.keys() & self._views.keys():
            self._views[room].opened(record.rooms[room])

    def _saw(self, run: Saw) -> None:
        self._verdict.seen += len(run.texts)
        view = self._views.get(run.room)
        if view is None:
            sentence = f"{self._name} saw room {run.room}, seq {run.seq}, and is no member."
            self._report(Kind.OVERHEARD, sentence)
            return
        view.saw(run)
        for seq, rev, state in self._ledger.differences(run):
            self._past.saw(self._name, run.room, seq, rev, state)

    def _was_done(self, deed: Deed, ack: Acked) -> None:
        """A change was acknowledged."""
        change = deed.change
        self._verdict.changed += deed.rev is None
        deed.rev = max(deed.rev or 0, ack.rev)
        if (ack.room, ack.seq) != (change.room, change.seq):
            self._report(Kind.INVENTED, f"{deed} was acknowledged as room {ack.room}, seq {ack.seq}.")
        if change.room not in self._member.rooms:
            self._report(Kind.OVERHEARD, f"{deed} was acknowledged to somebody who is no member.")

    def _was_acked(self, ack: Acked) -> None:
        where = f"room {ack.room}, seq {ack.seq}"
        if ack.id in self._acked:
            if self._acked[ack.id] != (ack.room, ack.seq):
                first = self._acked[ack.id]
                self._report(Kind.DOUBLED, f"{self._name}: one post is seq {first[1]} of room {first[0]}, and {where}.")
            return
        post = self.unacknowledged.pop(ack.id, None)
        if post is None:
            self._report(Kind.INVENTED, f"{self._name}: {where} was acknowledged, and never posted.")
            return
        self._acked[ack.id] = (ack.room, ack.seq)
        self._verdict.acked += 1
        if ack.room not in self._member.rooms:
            self._report(Kind.OVERHEARD, f"{self._name} wrote {where}, and is no member.")
        self._judge_row(post, ack)
        if (place := self._sent_once.pop(ack.id, None)) is not None:
            self._kept_order[ack.room].append((place, ack.seq))

    def _judge_row(self, post: Posted, ack: Acked) -> None:
        where = f"{self._name}: {post.text} was acknowledged as room {ack.room}, seq {ack.seq}"
        if not self._ledger.claim(ack.room, ack.seq, ack.id):
            self._report(Kind.LOST, f"{where}, and is not there.")
            return
        row = self._ledger.row(ack.room, ack.seq)
        if row.author != self._member.user or row.rev < ack.rev or not may_be(row, post):
            self._report(Kind.LOST, f"{where}, and stands there as {row}.")
        self._all_deeds.posted(row, post)

    def _was_refused(self, refusal: Refused) -> None:
        self._sent_once.pop(refusal.id, None)
        if refusal.final and refusal.id in self._deeds:
            self._deeds[refusal.id].is_refused = True
        elif refusal.final and self.unacknowledged.pop(refusal.id, None) is not None:
            self.refused.add(refusal.id)

    def _judge_order(self) -> None:
        for room, places in self._kept_order.items():
            places.sort()
            for (_, before), (_, after) in pairwise(places):
                if after <= before:
                    sentence = f"seq {after} of room {room} was posted after seq {before} on the same socket."
                    self._report(Kind.DISORDER, f"{self._name}: {sentence}")
        self._kept_order.clear()
        self._sent_once.clear()
