"""The verdict over a run, in the manner of Jepsen: what clients wrote down, held against the database's final rows.

Pure: takes iterables, opens nothing. The rows are kept in memory (about 220 bytes a message), histories are streamed,
so a run may have as many readers as it likes. What it insists on:

- every acknowledged message stands in the database exactly once, where and as the ack said;
- a post with an unknown outcome stands there at most once, a refused one not at all, and nothing that nobody posted;
- the messages of a room are numbered 1 … n;
- every member has seen 1 … n as they stand there, each socket without gap, repetition or reordering (`view.py`);
- what an author posted on one socket keeps its order: of the messages sent once and acknowledged on the same socket;
- nobody heard anything of a room that is not theirs, and nobody wrote there.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from itertools import pairwise

from tests.faults.history import Acked, Again, Heard, Live, Loaded, Opened, Posted, Record, Refused, Reset, Resumed, Saw
from tests.faults.ledger import Head, Ledger, Row
from tests.faults.verdict import Kind, Verdict
from tests.faults.view import View


@dataclass(frozen=True)
class Member:
    """Whom a client speaks for."""

    user: int
    rooms: frozenset[int]


def judge(
    members: Mapping[int, Member],
    rows: Iterable[Row],
    heads: Mapping[int, Head],
    histories: Mapping[int, Iterable[Record]],
) -> Verdict:
    """Judge a run; `members` and `histories` by client, `rows` by room and seq."""
    verdict = Verdict()
    ledger = Ledger(rows, heads, verdict.report)
    unknown: dict[str, Posted] = {}
    refused: set[str] = set()
    for client, records in histories.items():
        witness = Witness(client, members[client], ledger, verdict)
        for record in records:
            witness.hear(record)
        witness.conclude()
        unknown |= witness.unacknowledged
        refused |= witness.refused
    _judge_unclaimed(ledger, unknown, refused, verdict)
    verdict.unknown, verdict.refused = len(unknown), len(refused)
    return verdict


def _judge_unclaimed(ledger: Ledger, unknown: Mapping[str, Posted], refused: Set[str], verdict: Verdict) -> None:
    """Judge the messages that no ack named."""
    times: Counter[str] = Counter()
    strangers: list[Row] = []
    for row in ledger.unclaimed():
        where = f"Room {row.room}, seq {row.seq}"
        times[row.id] += 1
        post = unknown.get(row.id)
        if row.id in refused:
            verdict.report(Kind.INVENTED, f"{where}: {row.text!r} was refused, and stands there.")
        elif post is None or (post.room, post.text) != (row.room, row.text):
            strangers.append(row)
        elif times[row.id] > 1:
            verdict.report(Kind.DOUBLED, f"{where}: {row.text!r} stands there once more.")
    acknowledged = _where(ledger, {row.id for row in strangers})
    for row in strangers:
        where = f"Room {row.room}, seq {row.seq}"
        if row.id in acknowledged:
            told = f"{row.text!r} was acknowledged at seq {acknowledged[row.id]}, and stands there once more."
            verdict.report(Kind.DOUBLED, f"{where}: {told}")
        else:
            verdict.report(Kind.INVENTED, f"{where}: nobody posted {row.text!r}.")


def _where(ledger: Ledger, ids: Set[str]) -> dict[str, int]:
    """The seqs of those messages that were acknowledged."""
    if not ids:
        return {}
    return {
        id: seq
        for room, _ in ledger.heads()
        for seq, (id, claimed) in enumerate(zip(ledger[room].ids, ledger[room].claimed, strict=True), 1)
        if claimed and id in ids
    }


class Witness:
    """One client's history, heard from its beginning."""

    def __init__(self, client: int, member: Member, ledger: Ledger, verdict: Verdict) -> None:
        self._name = f"client {client}"
        self._member = member
        self._ledger = ledger
        self._verdict = verdict
        self._report = verdict.report
        self._views = {room: View(f"{self._name}, room {room}", self._report) for room in member.rooms}
        self._acked: dict[str, tuple[int, int]] = {}
        self._sent = 0
        self._sent_once: dict[str, int] = {}  # on this socket, with the place in the order of sending
        self._kept_order: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)  # by room: that place, and seq
        self.unacknowledged: dict[str, Posted] = {}
        self.refused: set[str] = set()

    def hear(self, record: Record) -> None:
        match record:
            case Saw():  # Loaded too
                self._saw(record)
            case Posted():
                self.unacknowledged[record.id] = record
                self._sent += 1
                self._sent_once[record.id] = self._sent
            case Acked():
                self._was_acked(record)
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
            case Heard(room=room, kind=kind):
                self._report(Kind.OVERHEARD, f"{self._name} heard {kind} of room {room}, and is no member.")

    def conclude(self) -> None:
        """Judge what only the end of the history tells."""
        self._judge_order()
        for room, view in self._views.items():
            for first, last in view.held.missing(len(self._ledger[room])):
                self._report(Kind.MISSED, f"{self._name}, room {room}: never saw seq {first} to {last}.")

    def _opened(self, record: Opened) -> None:
        self._judge_order()
        self._verdict.sockets += 1
        if record.rooms.keys() != self._member.rooms:
            told = f"{self._name} was told of rooms {sorted(record.rooms)}, not {sorted(self._member.rooms)}."
            self._report(Kind.OVERHEARD, told)
        for room in record.rooms.keys() & self._views.keys():
            self._views[room].opened(record.rooms[room])

    def _saw(self, run: Saw) -> None:
        self._verdict.seen += len(run.texts)
        view = self._views.get(run.room)
        if view is None:
            told = f"{self._name} saw room {run.room}, seq {run.seq}, and is no member."
            self._report(Kind.OVERHEARD, told)
            return
        if isinstance(run, Loaded):
            view.held.add(run.seq, run.seq + len(run.texts) - 1)
        else:
            view.saw(run)
        if (seq := self._ledger.difference(run)) is not None:
            told = f"saw {run.texts[seq - run.seq]!r} at seq {seq}, which is not what stands there."
            self._report(Kind.INVENTED, f"{self._name}, room {run.room}: {told}")

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
        if (row.text, row.author, row.rev, row.room) != (post.text, self._member.user, ack.rev, post.room):
            self._report(Kind.LOST, f"{where}, and stands there as {row}.")

    def _was_refused(self, refusal: Refused) -> None:
        self._sent_once.pop(refusal.id, None)
        if refusal.final and self.unacknowledged.pop(refusal.id, None) is not None:
            self.refused.add(refusal.id)

    def _judge_order(self) -> None:
        for room, places in self._kept_order.items():
            places.sort()
            for (_, before), (_, after) in pairwise(places):
                if after <= before:
                    told = f"seq {after} of room {room} was posted after seq {before} on the same socket."
                    self._report(Kind.DISORDER, f"{self._name}: {told}")
        self._kept_order.clear()
        self._sent_once.clear()
