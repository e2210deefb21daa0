"""What the channels of this process miss is loaded from the source, which is the truth.

A doorbell (`advance`) says that a room is further than its channel; it may be lost, repeated or out of order. So all
rooms are compared with the source every two seconds, too. Where the source has another history than before, every
client is sent away and begins anew.
"""

import asyncio
import logging
from collections.abc import Iterable

from app.db.driver.causes import cause_of
from app.live.channel import Changes, Channel
from app.live.client import Client, Close
from app.live.clients import Clients
from app.live.flusher import Flusher
from app.live.source import Source

log = logging.getLogger(__name__)

RECONCILE_S = 2.0
RETRY_S = 0.5  # when the source is out of reach
REMEMBERED_AT_OPEN = 100  # at most half a page of the source, so that the first page reaches the head


class Loader:
    """Makes channels and keeps them level with the source; `channels` is the hub's, by room.

    What awaits the source raises what the source raises.
    """

    def __init__(self, source: Source, channels: dict[int, Channel], flusher: Flusher, clients: Clients) -> None:
        self._source, self._channels = source, channels
        self._flusher, self._clients = flusher, clients
        self._epoch: str | None = None
        self._behind: dict[int, int] = {}  # rooms, and how far the source is at least
        self._unused: set[Channel] = set()  # at the last comparison
        self._rung = asyncio.Event()
        self.gaps_healed = 0  # rooms that were found behind by comparing: a doorbell was missed

    # One channel

    async def channel(self, room: int) -> Channel:
        """The room's channel, made with its newest changes in memory, so that many who return need one statement."""
        if room not in self._channels:
            heads = await self._source.heads([room])
            self.enter_epoch(heads.epoch)
            newest = await self._source.changes(room, max(0, heads.revs.get(room, 0) - REMEMBERED_AT_OPEN))
            if room not in self._channels:
                self._channels[room] = Channel(newest)
        return self._channels[room]

    async def make_empty(self, rooms: Iterable[int]) -> None:
        """Make the channels that rooms lack, with nothing in memory, by one look at the heads of all of them."""
        lacking = [room for room in rooms if room not in self._channels]
        if not lacking:
            return
        heads = await self._source.heads(lacking)
        self.enter_epoch(heads.epoch)
        for room in lacking:
            if room not in self._channels:
                head = heads.revs.get(room, 0)
                self._channels[room] = Channel(Changes(room, head, head, []))

    async def catch_up(self, channel: Channel, to: int) -> None:
        """Publish what the source has and the channel lacks, until the channel has come as far as `to`."""
        async with channel.loading:
            while channel.head < to:
                changes = await self._source.changes(channel.room, channel.head)
                if changes.upto <= channel.head:
                    return
                channel.accept(changes)
                self._flusher.touch(channel)

    def advance(self, room: int, rev: int) -> None:
        """Load a room soon, unless its channel has come as far as `rev`."""
        if room in self._channels and rev > self._channels[room].head:
            self._behind[room] = max(rev, self._behind.get(room, 0))
            self._rung.set()

    async def load_for_ever(self) -> None:
        """Load rooms as soon as the doorbell rings for them; endless."""
        while True:
            await self._rung.wait()
            self._rung.clear()
            while self._behind:
                room = next(iter(self._behind))  # that which waits longest
                rev = self._behind.pop(room)
                channel = self._channels.get(room)
                if channel is None:
                    continue
                try:
                    await self.catch_up(channel, rev)
                except self._source.gone as error:
                    log.warning("cannot load changes room=%d reason=%s", channel.room, cause_of(error).reason)

    # All channels

    async def reconcile_for_ever(self) -> None:
        """Compare every room with the source every two seconds; endless."""
        pause_s = RECONCILE_S
        while True:
            await asyncio.sleep(pause_s)
            try:
                await self.reconcile()
                pause_s = RECONCILE_S
            except self._source.gone as error:
                log.warning("cannot compare heads reason=%s", cause_of(error).reason)
                pause_s = RETRY_S

    async def reconcile(self) -> None:
        """Find rooms that are further in the source, whatever the doorbells did, and rooms that went back."""
        self._drop_unused()
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
                    self.gaps_healed += heads.revs.get(room, 0) > self._head(room)
                    self.advance(room, heads.revs[room])

    def _head(self, room: int) -> int:
        channel = self._channels.get(room)
        return 0 if channel is None else channel.head

    def enter_epoch(self, epoch: str, newcomer: Client | None = None) -> bool:
        """Take note of the source's epoch; False when it is another than before.

        Then all clients are sent away, and come back with cursors that no longer count. The newcomer stays: their hello
        has this epoch already.
        """
        before, self._epoch = self._epoch, epoch
        if before in (None, epoch):
            return True
        log.warning("another history epoch=%s", epoch)
        for channel in self._channels.values():
            channel.dismiss()
        self._channels.clear()
        self._clients.close_all(Close.RESTART, but=newcomer)
        return False

    def _drop_unused(self) -> None:
        """Drop channels that were made for somebody who was gone before they joined; the next one makes a new one.

        What nobody had joined at the last comparison either: whoever has many rooms joins them one after the other.
        """
        unused = {channel for channel in self._channels.values() if not channel.clients}
        for channel in unused & self._unused:
            del self._channels[channel.room]
        self._unused = unused

    def _reopen(self, room: int) -> None:
        """A backup was restored under us: everyone comes back, with a cursor that turns out to be of no use."""
        channel = self._channels.pop(room, None)
        for client in channel.dismiss() if channel is not None else ():
            client.close(Close.RESTART)
