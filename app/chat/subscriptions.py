"""The rooms of one socket: at its hello, when it resumes, and when its person joins or leaves one."""

from collections.abc import Awaitable, Callable
from functools import partial

from app.chat.memberships.following import Following, by_room
from app.chat.presence.presence import Presence
from app.chat.wire import events
from app.chat.wire.commands import MAX_TEXT_CHARS, Resume
from app.chat.wire.events import Author, Hello, RoomChanged, RoomState, encode
from app.chat.wire.preferences import Preference, Preferences, as_events
from app.db.driver.engine import DATABASE_GONE
from app.live.client import Client, Close
from app.live.hub import Hub

Later = Callable[[], Awaitable[None]]


class Subscriptions:
    """A `Follower`. After every wait it asks again whether the person is a member: they may be removed meanwhile."""

    __slots__ = ("_epoch", "_following", "_hub", "_later", "_presence", "author", "client", "member_of")

    def __init__(self, hub: Hub, following: Following, presence: Presence, client: Client, author: Author) -> None:
        self._hub, self._following, self._presence = hub, following, presence
        self._epoch = ""
        self.client, self.author = client, author
        self.member_of: dict[int, Preferences] | None = None  # kept true by `Following` from the hello on

    def begin(self, later: Callable[[Later], None]) -> None:
        """Take part in `Following` from now on; what must be awaited for that goes to `later`."""
        self._later = later
        self._following.add(self)

    def forget(self) -> None:
        """Drop a socket that is lost."""
        self._following.discard(self)
        if self.member_of is not None:
            self._presence.depart(self.client, self.author)

    async def open(self) -> None:
        """Say hello and subscribe to every room from where it is; whose account is gone since gets neither."""
        found = await self._following.rooms_of(self.author.id)
        if self.author.id in found.off:
            self.on_switched_off()
            return
        rooms = found.of[self.author.id]
        self._epoch, self.member_of = str(found.epoch), by_room(rooms)
        self._hub.loader.enter_epoch(self._epoch, newcomer=self.client)
        self._hub.greet(self.client, encode(Hello(self._epoch, self.author, rooms, {"text": MAX_TEXT_CHARS})))
        self._presence.arrive(self.author, self.member_of)
        await self._hub.prepare([room.id for room in rooms])
        for room in rooms:
            await self._subscribe(room.id, room.last_rev)
            self._send_who_is_here(room.id)

    async def resume(self, resume: Resume) -> None:
        """Bring each room from its cursor on."""
        await self._following.compare()  # who was removed just now is a member no longer
        has_cursors_of_ours = str(resume.epoch) == self._epoch
        for room, cursor in resume.rooms.items():
            if not self._is_member(room):
                self._send(events.Error("not_a_member", "You are not a member of this room."))
            elif has_cursors_of_ours:
                await self._subscribe(room, cursor, say_live=True)
            else:
                await self._restart(room)

    def confirm(self, command: Preference) -> None:
        """Answer a page that set something for a room, where `Following` did not.

        Another page of the person may have set it back at the same time. One comparison then sees both, finds what was
        set before, and sends nothing.
        """
        if self.member_of is None or command.room not in self.member_of:
            return
        for event in as_events(command.room, self.member_of[command.room]):
            if event.name == command.name and event != command:
                self._send(event)

    def send(self, line: bytes) -> None:
        self._hub.send(self.client, line)

    def on_joined(self, room: RoomState) -> None:
        """Show the page a room that the person has just become a member of, and subscribe to it."""
        self._send(RoomChanged.of(room))
        self._later(partial(self._enter, room))

    def on_left(self, room: int) -> None:
        """Leave a room, and take it from the page."""
        self._hub.leave(self.client, room)
        self._send(events.Left(room))

    def on_switched_off(self) -> None:
        """Send the page to the form to log in."""
        self.client.close(Close.SESSION_ENDED)

    async def _enter(self, room: RoomState) -> None:
        """Subscribe to a room, or close the socket, which would otherwise live on without the room."""
        try:
            await self._subscribe(room.id, room.last_rev, say_live=True)
            self._send_who_is_here(room.id)
        except DATABASE_GONE:
            self.client.close(Close.OVERLOADED)

    async def _subscribe(self, room: int, cursor: int, *, say_live: bool = False) -> None:
        if not self._is_member(room):
            return
        rev = await self._hub.join(self.client, room, cursor)
        if not self._is_member(room):
            self._hub.leave(self.client, room)
        elif rev is None:
            await self._restart(room)
        elif say_live:
            self._send(events.Live(room, rev))

    async def _restart(self, room: int) -> None:
        rev = await self._hub.restart(self.client, room)
        if not self._is_member(room):
            self._hub.leave(self.client, room)
            return
        self._send(events.Reset(room, rev))
        self._send(events.Live(room, rev))

    def _send_who_is_here(self, room: int) -> None:
        """Only once the room is subscribed to: who came or went before was published without this socket."""
        if self._is_member(room):
            self.send(self._presence.line_of(room))

    def _is_member(self, room: int) -> bool:
        return self.member_of is not None and room in self.member_of

    def _send(self, event: events.Event) -> None:
        self.send(encode(event))
