"""Edits, deletions and reactions on their way, strictly one after the other; as static/js/sync/changes.js does."""

from tests.faults.checker.state import Change
from tests.faults.client.outbox import RESEND_S


class Changes:
    """Of one client. Whether an entry was sent before is in `was_sent`."""

    def __init__(self) -> None:
        self._entries: dict[str, Change] = {}
        self._sent_at: float | None = None  # the first of them; None while it waits for its turn on this socket
        self._hold_until = 0.0
        self.was_sent: set[str] = set()

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, id: str, change: Change) -> None:
        """Take a change; an edit takes the place of one of the same message that is still on its way."""
        for other_id, other in [*self._entries.items()]:
            if change.kind == other.kind == "edit" and (change.room, change.seq) == (other.room, other.seq):
                self.settle(other_id)  # it may have been made all the same
        self._entries[id] = change

    def due(self, now: float) -> tuple[str, Change] | None:
        """The one that is to be sent now; it is then under way."""
        if not self._entries or now < self._hold_until:
            return None
        if self._sent_at is not None and now - self._sent_at <= RESEND_S:
            return None
        self._sent_at = now
        return next(iter(self._entries.items()))

    def settle(self, id: str) -> None:
        """Forget a change: it was acknowledged or finally refused, or nobody wants it any more."""
        if id == self._first():
            self._sent_at = None
        self._entries.pop(id, None)
        self.was_sent.discard(id)

    def hold(self, id: str, until: float) -> None:
        """Send a change that was refused again, and nothing before then."""
        if id == self._first():
            self._sent_at = None
            self._hold_until = until

    def reconnect(self) -> None:
        """There is a new socket: what was under way is to be sent again."""
        self._sent_at, self._hold_until = None, 0.0

    def under_way(self) -> str | None:
        return self._first() if self._sent_at is not None else None

    def _first(self) -> str | None:
        return next(iter(self._entries), None)
