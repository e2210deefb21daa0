"""Messages that are not acknowledged yet, kept in the order of typing until they are; as static/js/sync/outbox.js does.

Unlike the page it has several under way at once, so that faults hit many.
"""

from itertools import islice

RESEND_S = 5.0
LOOK_S = 0.5


class Entry:
    """One message; `sent_at` is None while it waits for its turn on this socket."""

    __slots__ = ("created", "files", "id", "reply_to", "room", "sent_at", "text", "was_sent")

    def __init__(
        self, id: str, room: int, text: str, reply_to: int | None, created: float, files: tuple[str, ...] = ()
    ) -> None:
        self.id, self.room, self.text, self.reply_to, self.created = id, room, text, reply_to, created
        self.files = files
        self.sent_at: float | None = None
        self.was_sent = False


class Outbox:
    def __init__(self, in_flight: int) -> None:
        self._entries: dict[str, Entry] = {}
        self._in_flight = in_flight
        self._hold_until = 0.0

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, entry: Entry) -> None:
        self._entries[entry.id] = entry

    def due(self, now: float) -> list[Entry]:
        """Those that are to be sent now, in order."""
        if now < self._hold_until:
            return []
        first = islice(self._entries.values(), self._in_flight)
        return [entry for entry in first if entry.sent_at is None or now - entry.sent_at > RESEND_S]

    def next_look_s(self, now: float) -> float:
        """Seconds until something may be due that is not now."""
        return self._hold_until - now if now < self._hold_until else LOOK_S

    def settle(self, id: str) -> Entry | None:
        """Forget a message: it was acknowledged or finally refused, or its tab was closed."""
        return self._entries.pop(id, None)

    def hold(self, id: str, until: float) -> None:
        """Send a message that was refused again, and nothing before then."""
        if (entry := self._entries.get(id)) is not None:
            entry.sent_at = None
            self._hold_until = max(self._hold_until, until)

    def reconnect(self) -> None:
        """There is a new socket: everything is to be sent again."""
        self._hold_until = 0.0
        for entry in self._entries.values():
            entry.sent_at = None

    def under_way(self) -> list[str]:
        return [entry.id for entry in self._entries.values() if entry.sent_at is not None]
