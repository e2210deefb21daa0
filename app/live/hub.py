"""Rooms and the clients that follow them, in this process.

Owns the channels. The doorbell of other processes (`advance`) may lose, repeat or reorder. The truth is the database:
the hub reads it through a `Source` and compares with it every two seconds. No messages and no SQL here.
"""

import asyncio
import logging
from collections.abc import Callable, Collection

from app.live.channel import Changes, Channel
from app.live.client import Client, Close
from app.live.clients import Clients
from app.live.flusher import Flusher
from app.live.source import Source

log = logging.getLogger(__name__)

RECONCILE_S = 2.0
RETRY_S = 0.5  # when the source is out of reach
MAX_BEHIND = 1_000
FEW_ROOMS = 10  # whose newest changes are worth reading for one who has just come
REMEMBERED_AT_OPEN = 100  # at most half a page of the source, so that the first page reaches the head


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
        self.clients = Clients()
        self._flusher = Flusher()
        self._epoch: str | None = None
        self._behind: set[int] = set()
        self._rung = asyncio.Event()

    # Publishing

    def publish(self, changes: Changes) -> None:
        """Tell a room's clients; a gap before `changes` is loaded from the source first."""
        if (channel := self._channels.get(changes.room)) is None:
            return
        if channel.accept(changes):
            self._flusher.touch(channel)
        else:
            self.advance(changes.room, changes.upto)

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

    def on_blocked(self, client: Client) -> None:
        """Hear that a client's socket lags or was closed, at once: what it is not asked about goes past its transport.

        Who was closed leaves every room: the number of their socket will soon be somebody else's.
        """
        if client.closed:
            self._leave_all(client)
        else:
            self._flusher.on_blocked(client)

    def advance(self, room: int, rev: int) -> None:
        """A doorbell: the room is at `rev` elsewhere."""
        if room in self._channels and rev > self._channels[room].head:
            self._behind.add(room)
            self._rung.set()

    def head(self, room: int) -> int:
        """The newest rev of a room that was published here; 0 where nobody follows it."""
        return self._channels[room].head if room in self._channels else 0

    # Coming and going

    async def prepare(self, rooms: Collection[int]) -> None:
        """Make the channels of rooms that nobody here follows yet, with one look at the heads of all of them."""
        remembered = REMEMBERED_AT_OPEN if len(rooms) <= FEW_ROOMS else 0
        await asyncio.gather(*(self._channel(room, remembered) for room in rooms))

    async def join(self, client: Client, room: int, position: int) -> int | None:
        """Send a client everything after `position`, then let it follow; returns the rev it follows from.

        None, and it does not follow, when `position` is over 1,000 changes behind or ahead of the source. Raises what
        the source raises.
        """
        self._unsubscribe(client, room)
        while True:
            await client.ws.until_taken()  # a long way back would overrun the outbox of a slow reader
            # Asked for again after every wait: a channel that everybody has left is dropped meanwhile.
            channel = await self._channel(room)
            if position > channel.head:
                await self._catch_up(channel, position)
                if position > channel.head:
                    return None
            elif channel.head - position > MAX_BEHIND:
                return None
            elif self._subscribe(client, channel, position):
                return channel.head
            else:
                page = await self._source.changes(room, position)
                self.send(client, *(line for _, _, line in page.events))
                position = page.upto

    async def restart(self, client: Client, room: int) -> int:
        """Let a client follow from the head, whatever it had; returns that rev."""
        self._unsubscribe(client, room)
        channel = await self._channel(room)
        self._subscribe(client, channel, channel.head)
        return channel.head

    def leave(self, client: Client, room: int) -> None:
        """Stop telling a client about a room; a room that nobody follows any more is dropped."""
        if (channel := self._unsubscribe(client, room)) is not None and not channel.clients:
            del self._channels[room]

    def forget(self, client: Client) -> None:
        """Forget a client: its connection is lost."""
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

    def _subscribe(self, client: Client, channel: Channel, position: int) -> bool:
        """Join client and channel in one instant, if memory reaches back to `position`; a closed one joins nothing."""
        missed = channel.since(position)
        if missed is None:
            return False
        # What is pending is in `missed` too: it must leave before the client joins, or it would come twice.
        self._flusher.flush_channel(channel)
        if missed:
            self.send(client, *missed)
        self._channels[channel.room] = channel  # again, should that have closed the last who followed it
        if not client.closed:
            channel.clients[client] = client.ws.fd
            client.rooms.add(channel.room)
        return True

    async def _channel(self, room: int, remembered: int = REMEMBERED_AT_OPEN) -> Channel:
        """The room's channel, made with its newest changes in memory, so that many who return need one statement."""
        if room not in self._channels:
            heads = await self._source.heads([room])
            self.enter_epoch(heads.epoch)
            head = heads.revs.get(room, 0)
            newest = Changes(room, head, head, [])
            if remembered:
                newest = await self._source.changes(room, max(0, head - remembered))
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
        pause_s = RECONCILE_S
        while True:
            await asyncio.sleep(pause_s)
            try:
                await self.reconcile()
                pause_s = RECONCILE_S
            except self._source.gone as error:
                log.warning("cannot compare heads reason=%s", type(error).__name__)
                pause_s = RETRY_S

    async def reconcile(self) -> None:
        """Notice rooms that are ahead of us in the source, whatever the doorbells did, and rooms that went back."""
        # Prepared for somebody who was gone before they followed; whoever is about to follow one finds it anew.
        self._channels = {room: channel for room, channel in self._channels.items() if channel.clients}
        before = {room: channel.head for room, channel in self._channels.items()}
        if not before:
            return
        heads = await self._source.heads(before)
        if self.enter_epoch(heads.epoch):
            for room, head in before.items():
                if heads.revs.get(room, 0) < head:
                    log.warning("room went back in time room=%d", room)
                    self._reopen(room)
                else:
                    self.advance(room, heads.revs[room])

    def enter_epoch(self, epoch: str, newcomer: Client | None = None) -> bool:
        """Hear which history the source tells; False when it is another than before.

        Everyone but the newcomer, who knows it already, is then sent away, and comes back with a cursor of no use.
        """
        known, self._epoch = self._epoch, epoch
        if known in (None, epoch):
            return True
        log.warning("another history epoch=%s", epoch)
        for channel in self._channels.values():
            channel.dismiss()
        self._channels.clear()
        self.clients.close_all(Close.RESTART, but=newcomer)
        return False

    def _reopen(self, room: int) -> None:
        """A backup was restored under us: everyone comes back, with a cursor that is then found to be of no use."""
        channel = self._channels.pop(room, None)
        for client in channel.dismiss() if channel is not None else ():
            client.close(Close.RESTART)

    async def send_heads_for_ever(self) -> None:
        """Tell every client where its rooms are, every heartbeat; endless."""
        while True:
            await asyncio.sleep(self._heartbeat_s)
            for channel in self._channels.values():
                channel.announce(self._encode_heads({channel.room: channel.head}))
                self._flusher.touch(channel)

    async def _catch_up(self, channel: Channel, to: int | None = None) -> None:
        """Publish all that the source has and the channel has not; or nothing, if it has come as far as `to`."""
        async with channel.loading:
            while to is None or channel.head < to:
                changes = await self._source.changes(channel.room, channel.head)
                if changes.upto <= channel.head:
                    return
                channel.accept(changes)
                self._flusher.touch(channel)
