"""Doorbells and notes between the processes of one chat. They may be lost, repeated or out of order.

A `Bus` makes and reads payloads, gathers what waits, and begins again after every loss. What brings them is in
`postgres_bus.py` and `redis_bus.py`.

The channel is named after the identity of the chat's database, so that two chats on one Redis never mix: there, what
is published reaches all databases of a number. A database gets another identity when a backup is restored, so each
process looks now and then, and moves to the new channel.

A payload is that identity, the name of the process that sends it, then one of these:

- `ring 1:60 2:7`: rooms and the newest rev of each.
- `changes 1 …`: what is new in a room, sealed; the ring for it comes right after.
- `note {json}`: something that need not arrive.
- `hello`: this process receives from now on.
- `echo`: the answer to a hello. A process also sends itself one now and then: a half-open connection brings nothing.

Any other payload belongs to a carrier, and is ignored; so is one of another identity.

A process that received nothing from another one lately does not ring. Where there is only one process, that saves a
statement for each message.
"""

import asyncio
import logging
import math
import secrets
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import ClassVar, Generic, TypeVar

import msgspec

from app.base.waiting import is_set_within
from app.db.driver.causes import cause_of
from app.db.driver.engine import DATABASE_GONE
from app.live.bus.ends import Carrier, NothingArrives, Receiver
from app.live.bus.rings import MAX_PAYLOAD_BYTES, OtherKey, Rings
from app.live.channel import Changes

log = logging.getLogger(__name__)

CHANNEL = "parley"
MAX_NOTE_BYTES = MAX_PAYLOAD_BYTES - 200  # of its JSON; the rest is for the name of the sender
MAX_NOTES = 1_000  # that wait while the carrier is away; older ones are dropped
RECONNECT_AFTER_S = 0.5
RETRY_NOTHING_ARRIVES_S = 30.0
IDENTITY_EVERY_S = 10.0
ECHO_EVERY_S = 10.0
ECHO_LATE_S = 15.0
KINDS = {"ring", "changes", "note", "hello", "echo"}
ALONE_AFTER_S = 25.0  # without a payload from another process; each sends one every `ECHO_EVERY_S`

# What a payload raises that is of another version, or a stranger's. RecursionError: one that is nested too deeply.
NOT_UNDERSTOOD = (ValueError, TypeError, RecursionError)

Identify = Callable[[], Awaitable[str]]
"""Reads the identity of the chat's database, of ASCII letters and digits."""

Note = TypeVar("Note")


class Moved(Exception):
    """The database has another identity, and its chat another channel."""


class Bus(ABC, Generic[Note]):
    """Sends to other processes, and receives from them.

    `name` is that of this process. `is_open` while it can do so; `trouble` is what the operator must mend. `decoder`
    reads notes from their JSON; what it refuses is logged and passed over. `key` seals what others must not read.
    """

    LOST: ClassVar[tuple[type[Exception], ...]]  # what a carrier raises when its connection is gone
    KIND: ClassVar[str]  # what carries it, as people call it

    def __init__(self, decoder: msgspec.json.Decoder[Note], identify: Identify, key: bytes) -> None:
        self._decoder, self._identify = decoder, identify
        self._identity = ""
        self.name = secrets.token_hex(8)  # every carrier brings our own payloads back to us
        self._rings = Rings(key)
        self._unsent: deque[str] = deque(maxlen=MAX_NOTES)  # all but rings
        self._waiting = asyncio.Event()
        self._company_until = -math.inf
        self._received_at: dict[str, float] = {}  # by the name of the other process
        self._opened_at = self._sent_at = 0.0
        self.lag_s = 0.0  # what the last payload of ours took to come back to us
        self.is_open = False
        self.trouble: str | None = None

    @abstractmethod
    def _carrier(self, channel: str) -> AbstractAsyncContextManager[Carrier]:
        """A new connection that already receives what anyone sends to `channel`.

        Entering it may raise `NothingArrives`.
        """

    @property
    def _sender(self) -> str:
        return f"{self._identity} {self.name}"

    @property
    def is_alone(self) -> bool:
        """Whether nothing came from another process lately."""
        return asyncio.get_running_loop().time() > self._company_until

    @property
    def open_s(self) -> int | None:
        """For how many seconds it has been open; None while it is not."""
        return int(asyncio.get_running_loop().time() - self._opened_at) if self.is_open else None

    def receives(self, name: str) -> bool:
        """Whether something came lately from the process of this name."""
        since = asyncio.get_running_loop().time() - ALONE_AFTER_S
        self._received_at = {each: at for each, at in self._received_at.items() if at > since}
        return name in self._received_at

    def ring(self, room: int, rev: int, changes: Changes | None = None) -> None:
        """Send that a room is at `rev`, and perhaps by what, unless we are alone. Rings that wait become one a room."""
        if self.is_alone:
            return
        self._rings.add(room, rev, changes)
        self._waiting.set()

    def send(self, note: Note) -> None:
        """Send something that need not arrive; its JSON must fit into `MAX_NOTE_BYTES`."""
        self._queue(f"note {msgspec.json.encode(note).decode()}")

    def _queue(self, message: str) -> None:
        self._unsent.append(message)
        self._waiting.set()

    async def run(self, receiver: Receiver[Note]) -> None:
        """Send and receive; endless."""
        while True:
            pause_s = RECONNECT_AFTER_S
            try:
                await self._session(receiver)
            except* self.LOST as group:
                log.warning("bus lost reason=%s", cause_of(group.exceptions[0]).reason)
            except* NothingArrives as group:
                pause_s = RETRY_NOTHING_ARRIVES_S
                self._complain(str(group.exceptions[0]))
            except* Moved:
                log.info("bus moves: the database has another identity")
            await asyncio.sleep(pause_s)

    def _complain(self, trouble: str) -> None:
        if self.trouble is None:
            log.error("%s", trouble)
        self.trouble = trouble

    async def _session(self, receiver: Receiver[Note]) -> None:
        """Connect, read what was missed, then send and receive until the connection breaks."""
        self._identity = await self._identify()
        async with self._carrier(f"{CHANNEL}_{self._identity}") as carrier:
            self._queue("hello")
            await receiver.on_open()
            self._rings.forget_changes()
            self._opened_at, self._sent_at = asyncio.get_running_loop().time(), 0.0
            self.is_open, self.trouble = True, None
            log.info("bus open")
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._receive(carrier, receiver))
                    tasks.create_task(self._send(carrier))
                    tasks.create_task(self._watch())
            finally:
                self.is_open = False

    async def _watch(self) -> None:
        """Raises Moved."""
        while True:
            await asyncio.sleep(IDENTITY_EVERY_S)
            try:
                identity = await self._identify()
            except DATABASE_GONE as error:
                log.debug("identity cannot be read reason=%s", cause_of(error).reason)
                continue
            if identity != self._identity:
                raise Moved

    async def _receive(self, carrier: Carrier, receiver: Receiver[Note]) -> None:
        while True:
            async with asyncio.timeout(ECHO_LATE_S):
                payload = await carrier.receive()
            try:
                self._on_payload(payload, receiver)
            except NOT_UNDERSTOOD as error:
                log.warning("bus payload not understood reason=%s", error)

    def _on_payload(self, payload: str, receiver: Receiver[Note]) -> None:
        identity, name, kind, rest = [*payload.split(" ", 3), "", "", ""][:4]
        if identity == self._identity and name == self.name and self._sent_at:
            self.lag_s, self._sent_at = asyncio.get_running_loop().time() - self._sent_at, 0.0
        if identity != self._identity or name == self.name or kind not in KINDS:
            return
        now = asyncio.get_running_loop().time()
        self._received_at[name], self._company_until = now, now + ALONE_AFTER_S
        if kind == "ring":
            for pair in rest.split():
                room, _, rev = pair.partition(":")
                receiver.on_ring(int(room), int(rev))
        elif kind == "changes":
            number, _, sealed = rest.partition(" ")
            self._on_changes(int(number), sealed, receiver)
        elif kind == "note":
            receiver.on_note(name, self._decoder.decode(rest))
        elif kind == "hello":
            self._queue("echo")

    def _on_changes(self, room: int, sealed: str, receiver: Receiver[Note]) -> None:
        if not receiver.follows(room):
            return
        try:
            receiver.on_changes(self._rings.opened(sealed, self._identity))
        except OtherKey as error:  # the ring comes in any case
            self._complain(str(error))

    async def _send(self, carrier: Carrier) -> None:
        while True:
            if not await is_set_within(self._waiting, ECHO_EVERY_S):
                self._note_sending()
                await carrier.send([f"{self._sender} echo"])
                continue
            self._waiting.clear()
            self._note_sending()
            await carrier.send([*self._payloads()])

    def _note_sending(self) -> None:
        self._sent_at = self._sent_at or asyncio.get_running_loop().time()

    def _payloads(self) -> Iterator[str]:
        """Everything that waits, in as few payloads as fit."""
        yield from self._rings.take(self._identity, self.name)
        while self._unsent:
            yield f"{self._sender} {self._unsent.popleft()}"
