"""Decides when to write: at once when it is quiet, gathered when it is not.

One write costs the kernel the same for one event as for a hundred, so under load a chat is fast if it writes less
often. After a flush that took a while, the next one waits for as long; otherwise it begins at once. So a quiet room
waits for nothing.
"""

import asyncio

from app.live.channel import Channel
from app.live.client import Client
from app.live.fanout import shared_io_uring

MAX_GATHER_S = 0.02
RETRY_LATE_S = 0.02


class Flusher:
    """Keeps the channels and the clients that have something to write. Never waits for a socket."""

    def __init__(self) -> None:
        self._dirty: set[Channel] = set()
        self._apart: set[Client] = set()  # those who are blocked, or whose outbox holds something
        self._timer: asyncio.TimerHandle | None = None
        self._not_before = 0.0
        self.deliveries = 0  # writes of what is new in a room, one for each client
        shared_io_uring()  # made now, as it takes some milliseconds

    def touch(self, channel: Channel) -> None:
        """Write what is pending in a channel soon."""
        self._dirty.add(channel)
        self._schedule()

    def send(self, client: Client, *lines: bytes) -> None:
        """Send something to one client, in order with all else that they get."""
        if not client.closed:
            client.keep(lines)
            self._apart.add(client)
            self._schedule()

    def on_blocked(self, client: Client) -> None:
        """Handle this client apart from now on, until the network has taken everything."""
        self._apart.add(client)

    def forget(self, client: Client) -> None:
        self._apart.discard(client)

    def outboxes(self) -> tuple[int, int]:
        """How many events wait in outboxes, and their bytes."""
        found = [client.outbox for client in self._apart]
        return sum(events for events, _ in found), sum(size for _, size in found)

    def flush_channel(self, channel: Channel) -> None:
        """Write what is pending in one channel now."""
        self._dirty.discard(channel)
        self._write(channel)
        if any(client.waiting for client in self._apart):
            self._schedule()

    def flush(self) -> None:
        """Write everything that is pending to everyone whose transport has room."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for channel in self._dirty:  # first: what waits for one client goes along in the same write
            self._write(channel)
        self._dirty.clear()
        for client in [*self._apart]:
            if client.waiting:  # otherwise they may take what was written as slowly as they like
                client.flush(begun)
        self._apart = {client for client in self._apart if client.waiting or client.ws.lagging}
        ended = loop.time()
        self._not_before = ended + min(ended - begun, MAX_GATHER_S)
        if any(client.waiting for client in self._apart):
            self._flush_at(ended + RETRY_LATE_S)

    def _write(self, channel: Channel) -> None:
        if channel.has_news:
            self.deliveries += len(channel.clients)
        self._apart.update(channel.flush(self._apart))

    def _schedule(self) -> None:
        self._flush_at(asyncio.get_running_loop().time())

    def _flush_at(self, time: float) -> None:
        """Flush at that time, or as soon after it as allowed; never later than planned before."""
        time = max(self._not_before, time)
        if self._timer is not None:
            if self._timer.when() <= time:
                return
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_at(time, self.flush)
