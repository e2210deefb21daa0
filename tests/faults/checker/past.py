"""What people saw of messages that stands there no more: the states before the last. Pure."""

from collections.abc import Iterator

from tests.faults.checker.ledger import Ledger, Report
from tests.faults.checker.state import State
from tests.faults.checker.verdict import Kind


class Past:
    """Every such state once. A rev is one state of one message, for whoever sees it."""

    def __init__(self, ledger: Ledger, report: Report) -> None:
        self._ledger, self._report = ledger, report
        self._states: dict[tuple[int, int], tuple[int, State]] = {}  # by room and rev, with the seq
        self._revs: dict[tuple[int, int], list[int]] = {}  # by room and seq

    def saw(self, who: str, room: int, seq: int, rev: int, state: State) -> None:
        """Take what differs from what stands in the database."""
        rows = self._ledger[room]
        where = f"{who}, room {room}"
        if not 1 <= seq <= len(rows) or rev > rows.revs[seq - 1]:
            sentence = f"saw {state.text!r} at seq {seq}, rev {rev}, which never stood there."
            self._report(Kind.INVENTED, f"{where}: {sentence}")
            return
        if owner := rows.at(rev):  # itself, in another state, or another message
            there = self._ledger.row(room, owner)
            sentence = f"saw seq {seq} at rev {rev} as {state}, where seq {owner} stands as {there.state}."
            self._report(Kind.DIVERGED, f"{where}: {sentence}")
            return
        known = self._states.get((room, rev))
        if known is None:
            self._states[room, rev] = seq, state
            self._revs.setdefault((room, seq), []).append(rev)
        elif known != (seq, state):
            sentence = f"saw seq {seq} at rev {rev} as {state}, and another saw seq {known[0]} as {known[1]}."
            self._report(Kind.DIVERGED, f"{where}: {sentence}")

    def states(self) -> Iterator[tuple[int, int, int, State]]:
        """Each state with its room, seq and rev."""
        for (room, rev), (seq, state) in self._states.items():
            yield room, seq, rev, state

    def at(self, room: int, seq: int, rev: int) -> State | None:
        """A message as it was at a rev, or is; None when nobody saw that."""
        if self._ledger[room].at(rev) == seq:
            return self._ledger.row(room, seq).state
        owner, state = self._states.get((room, rev), (0, None))
        return state if owner == seq else None

    def judge(self) -> None:
        """What was deleted once may not have been there later."""
        for (room, seq), revs in self._revs.items():
            now = self._ledger.row(room, seq)
            states = [*((rev, self._states[room, rev][1]) for rev in sorted(revs)), (now.rev, now.state)]
            deleted_at = next((rev for rev, state in states if state.details.deleted), None)
            for rev, state in states:
                if deleted_at is not None and rev > deleted_at and not state.details.deleted:
                    sentence = f"deleted at rev {deleted_at}, and there again at rev {rev}: {state.text!r}."
                    self._report(Kind.UNDELETED, f"Room {room}, seq {seq}: {sentence}")
