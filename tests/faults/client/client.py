"""One client: behaves as the page does (docs/PROTOCOL.md, static/js/sync/connection.js), and writes down what happens.

Its waits are a tenth of the page's, so that a run is quick. What a page does seldom or never, it does on purpose: posts
several messages at once, forgets some that are under way when the socket is lost (a tab was closed), knocks at rooms
that are not its own, stops reading, goes away for so long that it is reset. Now and then it changes a message.
"""

import asyncio
import contextlib
import random
import time

from aiohttp import ClientError, ClientSession, ClientWebSocketResponse, WSMsgType

from tests.faults.checker.history import Acked, Closed, History, Live, Opened, Received, Refused, Reset, Resumed, now_s
from tests.faults.client import wire
from tests.faults.client.figures import Figures, count
from tests.faults.client.gallery import Gallery
from tests.faults.client.plan import Person, Plan
from tests.faults.client.shelf import Shelf
from tests.faults.client.speech import Speech
from tests.faults.client.uploads import Uploads
from tests.faults.client.whims import LAST_WORD, Whims

HASTE = 10
FIRST_DELAY_S, LONGEST_DELAY_S, RESTART_JITTER_S, STABLE_S = 0.5 / HASTE, 30 / HASTE, 5 / HASTE, 5 / HASTE
GREETING_S = 10
RESTART, SESSION_ENDED, NETWORK = 1001, 4001, 1006
FORGETS = 0.02
STALL_EVERY_S, LONGEST_STALL_S = 1.0, 1.5
NAP_EVERY_S, LONGEST_NAP_S = 15.0, 25.0

LOST = (ClientError, OSError, TimeoutError)


class Client:
    """See the module."""

    def __init__(self, person: Person, plan: Plan, http: ClientSession, figures: Figures) -> None:
        self._person, self._plan, self._http, self._figures = person, plan, http, figures
        self._random = random.Random(f"{plan.seed}/{person.number}")
        self._rooms = frozenset(person.rooms)
        self.is_usual = not (person.naps or person.is_sluggish)  # who sleeps waits for an ack as long as they sleep
        self._history = History(plan.history(person))
        self._shelf = Shelf(person, plan, http, self._history)
        self._cursors = dict.fromkeys(person.rooms, 0)
        self._whims = Whims(person, self._random)
        self._speech = Speech(plan.in_flight, self._random, self._history)
        self._gallery = Gallery(person, plan, http, self._history, self._random)
        self._uploads = Uploads(person, plan, http, self._random)
        self.acked = 0
        self._coming: set[tuple[int, int]] = set()
        self._stopped, self._is_here, self._greeted = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._is_here.set()
        self._ws: ClientWebSocketResponse | None = None
        self._epoch = ""
        self._greeted_at: float | None = None
        self._live: set[int] = set()

    def stop(self) -> None:
        """Write nothing more, and stay."""
        self._stopped.set()

    @property
    def waiting(self) -> int:
        """How many messages and changes are not acknowledged yet."""
        return len(self._speech) + len(self._uploads)

    @property
    def coming(self) -> int:
        """How many messages were acknowledged, and did not come yet, in its own rooms."""
        self._coming = {place for place in self._coming if not self._shelf.has(*place)}
        return len(self._coming)

    @property
    def seen(self) -> int:
        """A number that grows whenever a message or a change is seen that was missing."""
        return sum(self._shelf.tops.values()) + sum(self._cursors.values())

    def say_last_word(self) -> None:
        self._write(LAST_WORD)

    def say_farewell(self) -> None:
        """A last word in each of one's rooms."""
        for room in self._person.rooms:
            self._write(LAST_WORD, room)

    def reply_to_itself(self) -> None:
        """Reply to the message that `amend` will edit."""
        self._coming.clear()  # what was lost before is for the checker
        if (place := self._whims.settle()) is not None:
            room, seq = place
            self._speech.post(room, self._whims.text(time.monotonic()), seq)

    def amend(self) -> None:
        """Change old messages."""
        for change in self._whims.amendments():
            self._speech.change(change)

    def go_away(self) -> None:
        """Close the lid."""
        self._is_here.clear()
        if self._ws is not None:
            self._ws._response.close()

    def come_back(self) -> None:
        self._is_here.set()

    def has_seen(self, lasts: dict[int, tuple[int, int]]) -> bool:
        """Whether nothing is missing, up to those seqs and revs."""
        return all(
            self._shelf.tops[room] >= lasts[room][0]
            and self._cursors[room] >= lasts[room][1]
            and not self._shelf.is_loading(room)
            for room in self._rooms
        )

    async def run(self) -> None:
        """Live until cancelled."""
        try:
            async with asyncio.TaskGroup() as habits:
                habits.create_task(self._type())
                if self._person.naps:
                    habits.create_task(self._nap())
                await self._stay_connected()
        finally:
            self._shelf.close()
            self._gallery.close()
            self._uploads.close()
            self._history.close()

    # The socket's life

    async def _stay_connected(self) -> None:
        attempt = 0
        while True:
            await self._is_here.wait()
            code = await self._one_socket()
            if self._greeted_at is not None and time.monotonic() - self._greeted_at >= STABLE_S:
                attempt = 0
            longest = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2 ** min(attempt, 16))
            await asyncio.sleep(self._random.random() * (RESTART_JITTER_S if code == RESTART else longest))
            attempt += 1

    async def _one_socket(self) -> int:
        """Connect and listen until the socket is gone; returns the close code."""
        self._greeted_at, code = None, NETWORK
        self._greeted.clear()
        headers = {"Origin": self._plan.url, "Cookie": f"parley={self._person.cookie}"}
        with contextlib.suppress(*LOST):
            async with asyncio.timeout(GREETING_S):
                ws = await self._http.ws_connect(f"{self._plan.url}/ws", headers=headers, max_msg_size=0)
            try:
                code = await self._listen(ws)
            finally:
                self._ws = None
                ws._response.close()  # without the closing handshake, which may take as long as it likes
        if self._greeted_at is not None:
            self._history.write(Closed(now_s(), code))
            for id in self._speech.under_way():
                if self._random.random() < FORGETS:
                    self._speech.settle(id)
        assert code != SESSION_ENDED, f"client {self._person.number}: its session ended"
        return code

    async def _listen(self, ws: ClientWebSocketResponse) -> int:
        tasks = [asyncio.create_task(self._speech.pump(ws, self._greeted))]
        if self._person.is_sluggish:
            tasks.append(asyncio.create_task(self._stall(ws)))
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(GREETING_S) as silence:
                while (frame := await ws.receive()).type is WSMsgType.TEXT:
                    silence.reschedule(loop.time() + self._plan.silent_s)  # not by pings, which a page does not see
                    for event in wire.events(frame.data):
                        self._take(event, ws)
            return ws.close_code or NETWORK
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    # Hearing

    def _take(self, event: wire.Event, ws: ClientWebSocketResponse) -> None:
        match event:
            case wire.Message():
                self._message(event)
            case wire.Ack():
                self._acknowledged(event)
            case wire.Hello():
                self._hello(event, ws)
            case wire.Heads():
                self._heads(event)
            case wire.Error():
                self._error(event)
            case wire.Live(room=room) | wire.Reset(room=room) if room not in self._rooms:
                self._history.write(Received(room, type(event).__name__.lower()))
            case wire.Live(room=room, rev=rev):
                self._history.write(Live(room, rev))
                self._live.add(room)
                self._cursors[room] = rev
            case wire.Reset(room=room, rev=rev):
                self._history.write(Reset(now_s(), room, rev))
                self._shelf.load(room)

    def _message(self, message: wire.Message) -> None:
        room = message.room
        state = message.state()
        self._history.saw(room, message.seq, message.rev, state)
        if room not in self._rooms:
            return
        if room in self._live:
            self._cursors[room] = max(self._cursors[room], message.rev)
        is_new = self._shelf.hold(room, message.seq)
        self._whims.saw(room, message.seq, state, is_new=is_new)
        if is_new:
            self._gallery.saw(room, message.seq, state.details.files)
        if is_new and self.is_usual and not (message.edited or message.deleted):
            now = time.monotonic()
            written = int(message.text.partition("@")[2].removesuffix(LAST_WORD)) / 1000
            count(self._figures.at(now).delivered, now - written)

    def _acknowledged(self, ack: wire.Ack) -> None:
        self._history.note(Acked(now_s(), ack.id, ack.room, ack.seq, ack.rev))
        entry = self._speech.settle(ack.id)
        if entry is not None:
            self.acked += 1
            if ack.room in self._rooms:
                self._coming.add((ack.room, ack.seq))
            now = time.monotonic()
            second = self._figures.at(now)
            second.acks += 1
            if self.is_usual:
                count(second.acked, now - entry.created)

    def _hello(self, hello: wire.Hello, ws: ClientWebSocketResponse) -> None:
        self._ws, self._epoch, self._greeted_at = ws, hello.epoch, time.monotonic()
        self._live.clear()
        self._speech.reconnect()
        self._history.write(Opened(now_s(), {room.id: room.last_rev for room in hello.rooms}))
        self._resume(self._cursors)
        self._greeted.set()

    def _heads(self, heads: wire.Heads) -> None:
        for room in heads.rooms.keys() - self._rooms:
            self._history.write(Received(room, "heads"))
        behind = {room: at for room, at in self._cursors.items() if heads.rooms.get(room, 0) > at}
        if behind and self._greeted_at is not None:
            self._resume(behind)

    def _resume(self, cursors: dict[int, int]) -> None:
        self._history.write(Resumed(dict(cursors)))
        rooms = {str(room): cursor for room, cursor in cursors.items()}
        if self._person.foreign:
            rooms[str(self._random.choice(self._person.foreign))] = 0
        self._speech.command({"type": "resume", "epoch": self._epoch, "rooms": rooms})

    def _error(self, error: wire.Error) -> None:
        if error.id is None:
            return
        self._history.note(Refused(now_s(), error.id, error.code, error.retry_after is None))
        if error.retry_after is None:
            self._speech.settle(error.id)
        else:
            self._speech.hold(error.id, time.monotonic() + error.retry_after / HASTE)

    # Habits

    async def _type(self) -> None:
        """Write messages, at random intervals, until ordered to stop."""
        while not await self._stopped_within(self._random.expovariate(self._plan.posts_per_s)):
            if not self._is_here.is_set():
                continue
            if self._speech.may_post:
                self._write()
            if self._speech.may_change and self._random.random() < self._plan.changes:
                self._meddle()

    def _write(self, mark: str = "", room: int | None = None) -> None:
        if room is None:
            room = self._random.choice(self._person.rooms) if mark else self._whims.room()
        reply_to = None if mark else self._whims.reply_to(room)
        if not mark and self._uploads.may_begin and self._random.random() < self._plan.files:
            self._uploads.begin(
                lambda files: self._speech.post(room, self._whims.text(time.monotonic()), reply_to, files)
            )
        else:
            self._speech.post(room, self._whims.text(time.monotonic(), mark), reply_to)

    def _meddle(self) -> None:
        if (change := self._whims.change()) is not None:
            self._speech.change(change)

    async def _stall(self, ws: ClientWebSocketResponse) -> None:
        """Stop reading now and then."""
        while not await self._stopped_within(self._random.uniform(0, 2 * STALL_EVERY_S)):
            connection = ws._response.connection
            if connection is None or connection.transport is None:
                return
            connection.transport.pause_reading()
            await self._stopped_within(self._random.uniform(0, LONGEST_STALL_S))
            connection.transport.resume_reading()

    async def _nap(self) -> None:
        """Close the lid now and then."""
        while not await self._stopped_within(self._random.uniform(0, 2 * NAP_EVERY_S)):
            self.go_away()
            await self._stopped_within(self._random.uniform(0, LONGEST_NAP_S))
            self.come_back()

    async def _stopped_within(self, limit_s: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                await self._stopped.wait()
        return self._stopped.is_set()
