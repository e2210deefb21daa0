"""What happened in other processes, as a doorbell and never as the truth: it may lose, repeat or reorder.

A `Bus` knows the words, gathers what waits, and starts again after every loss; `postgres_bus.py` and `redis_bus.py`
bring the carrier. A payload begins with the name of the process that says it; then `ring 1:60 2:7` (rooms and their
newest rev, never content), `note {json}` (something that need not arrive), `hello` (we can hear from now on) or `echo`
(the answer to a hello, and to oneself now and then: a half-open connection brings nothing). All else is a carrier's
own, and ignored.

Who has heard of no other process does not ring: a statement less for each message where there is only one.
"""

import asyncio
import logging
import math
import secrets
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from typing import ClassVar, Generic, Protocol, TypeVar

import msgspec

log = logging.getLogger(__name__)

CHANNEL = "parley"
MAX_PAYLOAD_BYTES = 7_900  # PostgreSQL refuses 8,000
MAX_NOTE_BYTES = MAX_PAYLOAD_BYTES - 200  # of its JSON; the rest is for who tells it
MAX_NOTES = 1_000  # that wait while the carrier is away; older ones are dropped
RECONNECT_AFTER_S = 0.5
DEAF_FOR_S = 30.0
ECHO_EVERY_S = 10.0
ECHO_LATE_S = 15.0
ALONE_AFTER_S = 25.0  # without a word from another process; each says something every `ECHO_EVERY_S`

Note = TypeVar("Note")
Some = TypeVar("Some", contravariant=True)


class Carrier(Protocol):
    """One connection's life: brings every payload that is said by anyone, ourselves included."""

    async def hear(self) -> str:
        """The next payload."""

    async def say(self, payloads: list[str]) -> None:
        """Bring these to everyone."""


class Hearer(Protocol[Some]):
    """Who hears what other processes say."""

    def rang(self, room: int, rev: int) -> None:
        """A room is at `rev`."""

    def on_note(self, process: str, note: Some) -> None:
        """The process of that name told something; never our own."""

    async def opened(self) -> None:
        """From now on everything is heard, for the first time or again: read what was missed."""


class Deaf(Exception):
    """A carrier stands and brings nothing; the message tells what to set."""


class Bus(ABC, Generic[Note]):
    """Tells other processes, and hears from them; `is_open` while it can, `trouble` where somebody must mend it.

    `decoder` reads the notes from JSON; what it refuses is logged and passed over.
    """

    LOST: ClassVar[tuple[type[Exception], ...]]  # what a carrier raises when its connection is gone

    def __init__(self, decoder: msgspec.json.Decoder[Note]) -> None:
        self._decoder = decoder
        self._name = secrets.token_hex(8)  # every carrier brings our own words back to us
        self._rings: dict[int, int] = {}
        self._words: deque[str] = deque(maxlen=MAX_NOTES)  # all but rings
        self._waiting = asyncio.Event()
        self._company_until = -math.inf
        self.is_open = False
        self.trouble: str | None = None

    @abstractmethod
    def _carrier(self) -> AbstractAsyncContextManager[Carrier]:
        """A new connection that hears already; entering it may raise `Deaf`."""

    @property
    def is_alone(self) -> bool:
        """Whether no other process was heard of lately."""
        return asyncio.get_running_loop().time() > self._company_until

    def ring(self, room: int, rev: int) -> None:
        """Say that a room is at `rev`, if anybody is there; later rings of a room replace those that still wait."""
        if self.is_alone:
            return
        self._rings[room] = max(rev, self._rings.get(room, 0))
        self._waiting.set()

    def tell(self, note: Note) -> None:
        """Say something that need not arrive; its JSON must fit into `MAX_NOTE_BYTES`."""
        self._mention(f"note {msgspec.json.encode(note).decode()}")

    def _mention(self, word: str) -> None:
        self._words.append(word)
        self._waiting.set()

    async def run(self, hearer: Hearer[Note]) -> None:
        """Carry both ways; endless."""
        while True:
            pause_s = RECONNECT_AFTER_S
            try:
                await self._session(hearer)
            except* self.LOST as group:
                log.warning("bus lost reason=%s", type(group.exceptions[0]).__name__)
            except* Deaf as group:
                pause_s = DEAF_FOR_S
                self._complain(str(group.exceptions[0]))
            await asyncio.sleep(pause_s)

    def _complain(self, trouble: str) -> None:
        if self.trouble is None:
            log.error("%s", trouble)
        self.trouble = trouble

    async def _session(self, hearer: Hearer[Note]) -> None:
        """One connection's life: hear, read what was missed, carry until it breaks."""
        async with self._carrier() as carrier:
            self._mention("hello")
            await hearer.opened()
            self.is_open, self.trouble = True, None
            log.info("bus open")
            try:
                async with asyncio.TaskGroup() as both:
                    both.create_task(self._hear(carrier, hearer))
                    both.create_task(self._say(carrier))
            finally:
                self.is_open = False

    async def _hear(self, carrier: Carrier, hearer: Hearer[Note]) -> None:
        while True:
            async with asyncio.timeout(ECHO_LATE_S):
                payload = await carrier.hear()
            try:
                self._heard(payload, hearer)
            except (ValueError, TypeError) as error:  # of another version, or a stranger's
                log.warning("bus word not understood reason=%s", error)

    def _heard(self, payload: str, hearer: Hearer[Note]) -> None:
        name, kind, rest = [*payload.split(" ", 2), "", ""][:3]
        if name == self._name or kind not in ("ring", "note", "hello", "echo"):
            return
        self._company_until = asyncio.get_running_loop().time() + ALONE_AFTER_S
        if kind == "ring":
            for pair in rest.split():
                room, _, rev = pair.partition(":")
                hearer.rang(int(room), int(rev))
        elif kind == "note":
            hearer.on_note(name, self._decoder.decode(rest))
        elif kind == "hello":
            self._mention("echo")

    async def _say(self, carrier: Carrier) -> None:
        while True:
            try:
                async with asyncio.timeout(ECHO_EVERY_S):
                    await self._waiting.wait()
            except TimeoutError:
                await carrier.say([f"{self._name} echo"])
                continue
            self._waiting.clear()
            await carrier.say([*self._payloads()])

    def _payloads(self) -> Iterator[str]:
        """Everything that waits, in as few payloads as fit."""
        rings, self._rings = self._rings, {}
        payload = beginning = f"{self._name} ring"
        for room, rev in rings.items():
            pair = f" {room}:{rev}"
            if len(payload) + len(pair) > MAX_PAYLOAD_BYTES:
                yield payload
                payload = beginning
            payload += pair
        if rings:
            yield payload
        while self._words:
            yield f"{self._name} {self._words.popleft()}"
