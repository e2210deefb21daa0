"""Rooms and the clients that follow them, in this process: publish once, write to many.

Owns the channels. No messages and no SQL here: changes are bytes with numbers, and a `Source` has those that are
missing.
"""

import asyncio
from collections.abc import Callable, Collection

from app.live.channel import Changes, Channel
from app.live.client import Client
from app.live.clients import Clients
from app.live.flusher import Flusher
from app.live.loader import Loader
from app.live.source import Source

MAX_BEHIND = 1_000
PIECE_BYTES = 128 * 1024  # of what a client missed: so much is written, and the network takes it, before more is read
FIRST_EVENTS, MOST_EVENTS = 8, 200  # asked for at once: the first, whose size nobody can say, and at the most
FEW_ROOMS = 10  # whose newest changes are worth reading for one who has just come


class Hub:
    """Room → channel → clients.

    `encode_heads` makes the line with the heads of rooms that each client gets every `heartbeat_s` seconds, so that a
    missing last message is noticed.
    """

    def __init__(self, source: Source, encode_heads: Callable[[dict[int, int]], bytes], heartbeat_s: float) -> None:
        self._source = source
        self._encode_heads = encode_heads
        self._heartbeat_s = heartbeat_s
        self._channels: dict[int, Channel] = {}
        self._flusher = Flusher()
        self.clients = Clients()
        self.loader = Loader(source, self._channels, self._flusher, self.clients)

    # Publishing

    def publish(self, changes: Changes) -> None:
        """Send changes to a room's clients; a gap before them is loaded from the source first."""
        if (channel := self._channels.get(changes.room)) is None:
            return
        if channel.accept(changes):
            self._flusher.touch(channel)
        else:
            self.loader.advance(changes.room, changes.upto)

    def advance(self, room: int, rev: int) -> None:
        """The room is at `rev` in the source: load what is missing, and send it."""
        self.loader.advance(room, rev)

    def announce(self, room: int, line: bytes) -> None:
        """Send a room's clients something that need not arrive."""
        if (channel := self._channels.get(room)) is not None:
            channel.announce(line)
            self._flusher.touch(channel)

    def send(self, client: Client, *lines: bytes) -> None:
        """Send something to one client, in order with all else that they get."""
        self._flusher.send(client, *lines)

    def send_to(self, user_id: int, line: bytes, but: Client | None = None) -> None:
        """Send something to all clients of a person in this process, but one; behind its hello to each."""
        for client in self.clients.of(user_id) - {but}:
            if client.early is None:
                self.send(client, line)
            else:
                client.early.append(line)

    def flush(self) -> None:
        """Write everything that is pending now."""
        self._flusher.flush()

    def on_blocked(self, client: Client) -> None:
        """A client's socket lags or was closed. Must be called at once: a flush writes past the transport.

        Who was closed leaves every room: the number of their socket will soon be somebody else's.
        """
        if client.closed:
            self._leave_all(client)
        else:
            self._flusher.on_blocked(client)

    def follows(self, room: int) -> bool:
        """Whether somebody follows a room here."""
        return room in self._channels

    def head(self, room: int) -> int:
        """The newest rev of a room that was published here; 0 where nobody follows it."""
        return self._channels[room].head if room in self._channels else 0

    async def send_heads_for_ever(self) -> None:
        """Send every client the heads of their rooms, every heartbeat; endless."""
        while True:
            await asyncio.sleep(self._heartbeat_s)
            for channel in self._channels.values():
                channel.announce(self._encode_heads({channel.room: channel.head}))
                self._flusher.touch(channel)

    # How much there is

    @property
    def rooms_served(self) -> int:
        """The rooms that somebody follows here."""
        return len(self._channels)

    @property
    def deliveries(self) -> int:
        """How often what is new in a room was written to a client."""
        return self._flusher.deliveries

    def outboxes(self) -> tuple[int, int]:
        """How many events wait for slow readers, and their bytes."""
        return self._flusher.outboxes()

    # Coming and going

    def admit(self, client: Client) -> None:
        """A client gets from now on what is for its person, as soon as it is greeted."""
        client.early = []
        self.clients.add(client)

    def greet(self, client: Client, hello: bytes) -> None:
        """Send a client its first event, and then what came for its person while that was made, which may be newer."""
        early, client.early = client.early or (), None
        self.send(client, hello, *early)

    async def prepare(self, rooms: Collection[int]) -> None:
        """Make the channels of rooms that nobody here follows yet, with one look at the heads of all of them."""
        if len(rooms) <= FEW_ROOMS:
            await asyncio.gather(*map(self.loader.channel, rooms))
        else:
            await self.loader.make_empty(rooms)

    async def join(self, client: Client, room: int, position: int) -> int | None:
        """Send a client everything after `position`, then let them follow; returns the rev they follow from.

        It goes in pieces, each read when the network has taken the one before: who does not read costs one piece. None,
        and they do not follow, when `position` is over 1,000 changes behind the source, or ahead of it. One who is
        closed follows nothing. Raises what the source raises.
        """
        if self._is_level(client, room, position):
            await client.until_taken()
            return position
        self._unsubscribe(client, room)
        most = FIRST_EVENTS
        while True:
            await client.until_taken()
            # Asked for again after every wait: a channel that everybody has left is dropped meanwhile.
            channel = await self.loader.channel(room)
            if position > channel.head:
                await self.loader.catch_up(channel, position)
                if position > channel.head:
                    return None
            elif channel.head - position > MAX_BEHIND:
                return None
            elif client.closed or self._subscribe(client, channel, position):
                return channel.head
            else:
                position, most = await self._send_piece(client, channel, position, most)

    async def _send_piece(self, client: Client, channel: Channel, position: int, most: int) -> tuple[int, int]:
        """Send a client some of what they missed; where that ends, and how many events to ask for next.

        Apart from `join`, whose variables would keep the piece until the network has taken it.
        """
        missed = channel.since(position) or await self._source.missed(channel.room, position, most)
        piece = missed.first(PIECE_BYTES)
        size = sum(map(len, piece.lines))
        self.send(client, *piece.lines)
        return piece.upto, max(1, min(MOST_EVENTS, PIECE_BYTES * len(piece.events) // max(1, size)))

    async def restart(self, client: Client, room: int) -> int:
        """Let a client follow from the head, whatever they had; returns that rev."""
        self._unsubscribe(client, room)
        channel = await self.loader.channel(room)
        self._subscribe(client, channel, channel.head)
        return channel.head

    def leave(self, client: Client, room: int) -> None:
        """Send a client nothing more of a room; a room that nobody follows any more is dropped."""
        if (channel := self._unsubscribe(client, room)) is not None and not channel.clients:
            del self._channels[room]

    def forget(self, client: Client) -> None:
        """Drop a client whose connection is lost."""
        self._leave_all(client)
        self.clients.discard(client)

    def _leave_all(self, client: Client) -> None:
        self._flusher.forget(client)
        for room in [*client.rooms]:
            self.leave(client, room)

    def _unsubscribe(self, client: Client, room: int) -> Channel | None:
        """The channel that a client followed until now; it stays, as others may be about to follow it."""
        client.rooms.discard(room)
        channel = self._channels.get(room)
        if channel is None or client not in channel.clients:
            return None
        del channel.clients[client]
        return channel

    def _is_level(self, client: Client, room: int, position: int) -> bool:
        """Whether a client follows a room already and lacks nothing, as most do who resume after their hello."""
        channel = self._channels.get(room)
        return channel is not None and client in channel.clients and channel.head == position and not channel.has_news

    def _subscribe(self, client: Client, channel: Channel, position: int) -> bool:
        """Join client and channel in one instant, if memory reaches back to `position` and what is missed is a piece.

        A closed one joins nothing.
        """
        lines: list[bytes] = []
        if position != channel.head:
            missed = channel.since(position)
            if missed is None or missed.first(PIECE_BYTES) is not missed:
                return False
            lines = missed.lines
        # What is pending is among the lines too: it must leave before the client joins, or it would come twice.
        self._flusher.flush_channel(channel)
        if lines:
            self.send(client, *lines)
        self._channels[channel.room] = channel  # again, should that have closed the last who followed it
        if not client.closed:
            channel.clients[client] = client.ws.fd
            client.rooms.add(channel.room)
        return True
