"""Rooms and the clients that follow them, in this process.

Owns the channels. Other processes are heard through a doorbell (`heard`), which may lose,
repeat or reorder: the truth is the database, reached through a `Source`, and compared with every two seconds. Knows
neither messages nor SQL.
"""

import asyncio
import logging
from collections.abc import Callable, Collection
from typing import Protocol

from app.live.channel import Changes, Channel
from app.live.client import Client, Close
from app.live.flusher import Flusher

log = logging.getLogger(__name__)

RECONCILE_S = 2.0
MAX_BEHIND = 1_000
REMEMBERED_AT_OPEN = 100  # at most half a page of the source, so that the first page reaches the head


class Source(Protocol):
    """Where the truth is. Methods raise one of `gone` when it cannot be reached."""

    gone: tuple[type[Exception], ...]

    async def changes(self, room: int, after: int) -> Changes:
        """The next page of changes after a rev; `upto` equals `after` when there are none."""

    async def heads(self, rooms: Collection[int]) -> dict[int, int]:
        """The newest rev of each room."""


class Hub:
    """Room → channel → clients; publish once, write to many.

    `encode_heads` makes the line that tells clients the heads of rooms; they hear it every `heartbeat_s` seconds, so
    that a missing last message is noticed.
    """

    def __init__(self, source: Source, encode_heads: Callable[[dict[int, int]], bytes], heartbeat_s: float) -> None:
        self._source = source
        self._encode_heads = encode_heads
        self._heartbeat_s = heartbeat_s
        self._channels: dict[int, Channel] = {}
        self._clients: dict[int, set[Client]] = {}  # by user
        self._flusher = Flusher()
        self._behind: set[int] = set()
        self._rung = asyncio.Event()

    # Publishing

    def publish(self, changes: Changes) -> None:
        """Tell a room's clients; a gap before `changes` is loaded from the source first."""
        channel = self._channels.get(changes.room)
        if channel is None:
            return
        if channel.accept(changes):
            self._flusher.touch(channel)
        else:
            self.heard(changes.room, changes.upto)

    def announce(self, room: int, line: bytes) -> None:
        """Tell a room's clients something that need not arrive."""
        if (channel := self._channels.get(room)) is not None:
            channel.announce(line)
            self._flusher.touch(channel)

    def send(self, client: Client, *lines: bytes) -> None:
        """Tell one client, in order with all else that it is told."""
        self._flusher.send(client, *lines)

    def flush(self) -> None:
        """Write everything that is pending now."""
        self._flusher.flush()

    def heard(self, room: int, rev: int) -> None:
        """A doorbell: the room is at `rev` elsewhere."""
        channel = self._channels.get(room)
        if channel is not None and rev > channel.head:
            self._behind.add(room)
            self._rung.set()

    # Coming and going

    def enter(self, client: Client) -> None:
        """Know a client; it follows no room yet."""
        self._clients.setdefault(client.user_id, set()).add(client)

    def clients_of(self, user_id: int) -> set[Client]:
        """A person's clients in this process."""
        return {*self._clients.get(user_id, ())}

    def session_ids(self) -> set[int]:
        """The logins that have a client in this process."""
        return {client.session_id for client in self._everyone()}

    def close_session(self, session_id: int) -> None:
        """Send away the clients of a login that has ended."""
        for client in self._everyone():
            if client.session_id == session_id:
                client.close(Close.SESSION_ENDED)

    def close_all(self, code: Close) -> None:
        for client in self._everyone():
            client.close(code)

    def _everyone(self) -> list[Client]:
        return [client for clients in self._clients.values() for client in clients]

    async def join(self, client: Client, room: int, position: int) -> int | None:
        """Send a client everything after `position`, then let it follow; returns the rev it follows from.

        None, and it does not follow, when `position` is over 1,000 changes behind or ahead of the source. Raises what
        the source raises.
        """
        self.leave(client, room)
        while True:
            # Asked for again after every wait: a channel that everybody has left is dropped meanwhile.
            channel = await self._channel(room)
            if position > channel.head:
                await self._catch_up(channel)
                if position > channel.head:
                    return None
            elif channel.head - position > MAX_BEHIND:
                return None
            elif self._follow(client, channel, position):
                return channel.head
            else:
                page = await self._source.changes(room, position)
                self.send(client, *(line for _, line in page.events))
                position = page.upto

    async def restart(self, client: Client, room: int) -> int:
        """Let a client follow from the head, whatever it had; returns that rev."""
        self.leave(client, room)
        channel = await self._channel(room)
        self._follow(client, channel, channel.head)
        return channel.head

    def leave(self, client: Client, room: int) -> None:
        """Stop telling a client about a room; a room that nobody follows any more is dropped."""
        client.rooms.discard(room)
        channel = self._channels.get(room)
        if channel is not None:
            channel.clients.discard(client)
            if not channel.clients:
                del self._channels[room]

    def forget(self, client: Client) -> None:
        """Stop telling a client anything: its connection is lost."""
        client.detach()
        self._flusher.forget(client)
        for room in [*client.rooms]:
            self.leave(client, room)
        clients = self._clients.get(client.user_id, set())
        clients.discard(client)
        if not clients:
            self._clients.pop(client.user_id, None)

    def _follow(self, client: Client, channel: Channel, position: int) -> bool:
        """Join client and channel in one instant, if memory reaches back to `position`."""
        missed = channel.since(position)
        if missed is None:
            return False
        # What is pending is in `missed` too: it must leave before the client joins, or it would come twice.
        self._flusher.flush_channel(channel)
        if missed:
            self.send(client, *missed)
        channel.clients.add(client)
        client.rooms.add(channel.room)
        return True

    async def _channel(self, room: int) -> Channel:
        """The room's channel, made with its newest changes in memory, so that many who return need one statement."""
        if room not in self._channels:
            head = (await self._source.heads([room])).get(room, 0)
            newest = await self._source.changes(room, max(0, head - REMEMBERED_AT_OPEN))
            if room not in self._channels:
                self._channels[room] = Channel(newest)
        return self._channels[room]

    # Following the truth

    async def follow_doorbells(self) -> None:
        """Load what other processes wrote, as soon as they ring; endless."""
        while True:
            await self._rung.wait()
            self._rung.clear()
            while self._behind:
                channel = self._channels.get(self._behind.pop())
                if channel is None:
                    continue
                try:
                    await self._catch_up(channel)
                except self._source.gone as error:
                    log.warning("cannot load changes room=%d reason=%s", channel.room, type(error).__name__)

    async def reconcile_for_ever(self) -> None:
        """Compare every room with the source every two seconds; endless."""
        while True:
            await asyncio.sleep(RECONCILE_S)
            try:
                await self.reconcile()
            except self._source.gone as error:
                log.warning("cannot compare heads reason=%s", type(error).__name__)

    async def reconcile(self) -> None:
        """Notice rooms that are ahead of us in the source, whatever the doorbells did, and rooms that went back."""
        before = {room: channel.head for room, channel in self._channels.items()}
        if not before:
            return
        heads = await self._source.heads(before)
        for room, head in before.items():
            if heads.get(room, 0) < head:
                self._reopen(room)
            else:
                self.heard(room, heads[room])

    def _reopen(self, room: int) -> None:
        """A backup was restored under us: everyone comes back, with a cursor that is then found to be ahead."""
        log.warning("room went back in time room=%d", room)
        channel = self._channels.pop(room, None)
        for client in channel.clients if channel is not None else ():
            client.close(Close.RESTART)

    async def tell_heads_for_ever(self) -> None:
        """Tell every client where its rooms are, every heartbeat; endless."""
        while True:
            await asyncio.sleep(self._heartbeat_s)
            for channel in self._channels.values():
                channel.announce(self._encode_heads({channel.room: channel.head}))
                self._flusher.touch(channel)

    async def _catch_up(self, channel: Channel) -> None:
        """Publish all that the source has and the channel has not."""
        async with channel.loading:
            while True:
                changes = await self._source.changes(channel.room, channel.head)
                if changes.upto <= channel.head:
                    return
                channel.accept(changes)
                self._flusher.touch(channel)
