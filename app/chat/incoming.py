"""Takes what other processes send, and hands each to the part that it concerns."""

from collections.abc import Callable

from app.chat.memberships.following import Following
from app.chat.memberships.read_marks import ReadMarks
from app.chat.presence.presence import Presence
from app.chat.wire import events, notes
from app.chat.wire.events import Author, encode
from app.limits.limits import Limits
from app.limits.sockets import Sockets
from app.live.channel import Changes
from app.live.hub import Hub


class Incoming:
    """The `Receiver` of the bus."""

    def __init__(
        self,
        hub: Hub,
        following: Following,
        read_marks: ReadMarks,
        presence: Presence,
        limits: Limits,
        sockets: Sockets,
        on_written: Callable[[int, int], None],
    ) -> None:
        self._hub, self._following, self._read_marks, self._presence = hub, following, read_marks, presence
        self._limits, self._sockets = limits, sockets
        self._on_written = on_written

    def on_ring(self, room: int, rev: int) -> None:
        """A room is at `rev`: load what is missing here."""
        self._hub.advance(room, rev)
        self._on_written(room, rev)

    def follows(self, room: int) -> bool:
        """Whether somebody here follows a room."""
        return self._hub.follows(room)

    def on_changes(self, changes: Changes) -> None:
        """Publish what is new in a room, unless there is a gap before it, which is loaded."""
        self._hub.publish(changes)

    def on_note(self, process: str, note: notes.Note) -> None:
        """Do what another process asks for."""
        match note:
            case notes.SessionEnded():
                self._hub.clients.close_session(note.session)
            case notes.Read() | notes.Unread():
                self._read_marks.on_note(note)
            case notes.Noticed():
                self._hub.send_to(note.user, encode(note.notice))
            case notes.ListsChanged():
                self._following.on_ring()
            case notes.Typing():
                self._hub.announce(note.room, encode(events.Typing(note.room, Author(*note.user))))
            case notes.Spent():
                self._limits.charge(note.spent)
            case notes.Sockets():
                self._sockets.on_note(process, note)
            case _:
                self._presence.on_note(process, note)

    async def on_open(self) -> None:
        """The bus carries from now on: read what it missed, and ask who is elsewhere."""
        await self._hub.loader.reconcile()
        self._following.on_ring()
        self._presence.ask()
