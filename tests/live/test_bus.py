"""One contract, two carriers: what every bus does, over the real servers."""

import asyncio
import math
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from redis.asyncio import Redis
from sqlalchemy import Engine, NullPool, create_engine, event, make_url, text

from app.base.config import DatabaseConfig
from app.db.driver.engine import make_engine
from app.live.bus import bus as bus_module
from app.live.bus import postgres_bus, redis_bus
from app.live.bus.bus import MAX_NOTE_BYTES, MAX_NOTES, MAX_PAYLOAD_BYTES, Bus, Identify
from app.live.bus.ends import Receiver
from app.live.bus.postgres_bus import PostgresBus
from app.live.bus.redis_bus import RedisBus
from app.live.bus.rings import MAX_CHANGES_BYTES, OTHER_KEY
from app.live.channel import Changes
from tests.support.load import PATIENCE_S
from tests.support.redis_server import RedisServer
from tests.support.sockets import until

Note = dict[str, Any]
DECODER = msgspec.json.Decoder(Note)


IDENTITY = "0123456789abcdef"
KEY = bytes(32)


async def identify() -> str:
    return IDENTITY


@dataclass
class Recorder:
    """Keeps what a bus receives, to be waited for."""

    bus: Bus[Note]
    events: asyncio.Queue[Any] = field(default_factory=asyncio.Queue)
    openings: asyncio.Queue[None] = field(default_factory=asyncio.Queue)
    missing: Exception | None = None  # raised, once, by what reads the missed
    followed: tuple[int, ...] = (1,)  # rooms

    def on_ring(self, room: int, rev: int) -> None:
        self.events.put_nowait((room, rev))

    def follows(self, room: int) -> bool:
        return room in self.followed

    def on_changes(self, changes: Changes) -> None:
        self.events.put_nowait(changes)

    def on_note(self, process: str, note: Note) -> None:
        self.events.put_nowait((process, note))

    async def on_open(self) -> None:
        missing, self.missing = self.missing, None
        if missing is not None:
            raise missing
        self.openings.put_nowait(None)

    async def next(self) -> Any:
        async with asyncio.timeout(PATIENCE_S):
            return await self.events.get()

    async def note(self) -> Note:
        """The next note, whatever rings before it."""
        while True:
            match await self.next():
                case (str(), dict() as note):
                    return note

    async def until_open(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await self.openings.get()
        assert self.bus.is_open

    async def until_lost(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while self.bus.is_open:  # noqa: ASYNC110 (nothing is called then)
                await asyncio.sleep(0.01)


OpenBus = Callable[..., Awaitable[Recorder]]


@dataclass
class Kind:
    """One carrier: how to make a bus on it, how to cut every bus off, and which processes serve them."""

    make: Callable[..., Any]
    cut: Callable[[], Any]
    servants: Callable[[], Any]


@pytest.fixture(params=["postgres", "redis"])
def kind(request: pytest.FixtureRequest) -> Kind:
    if request.param == "postgres":
        return postgres_kind(request.getfixturevalue("migrated_url"))
    return redis_kind(request.getfixturevalue("redis"))


def postgres_kind(url: str) -> Kind:
    @asynccontextmanager
    async def make(identify: Identify = identify, key: bytes = KEY) -> AsyncIterator[Bus[Note]]:
        engine = make_engine(DatabaseConfig(database_url=url, _env_file=None), size=0)
        yield PostgresBus(DECODER, identify, key, engine, engine)
        await engine.dispose()

    listeners = "FROM pg_stat_activity WHERE application_name = 'parley' AND datname = current_database()"
    plain = create_engine(make_url(url).set(drivername="postgresql+psycopg2"), poolclass=NullPool)

    async def cut() -> None:
        with plain.connect() as conn:
            assert conn.scalars(text(f"SELECT pg_terminate_backend(pid) {listeners}")).all()

    def servants() -> list[int]:
        with plain.connect() as conn:
            return [*conn.scalars(text(f"SELECT pid {listeners}"))]

    return Kind(make, cut, servants)


def redis_kind(server: RedisServer) -> Kind:
    @asynccontextmanager
    async def make(identify: Identify = identify, key: bytes = KEY) -> AsyncIterator[Bus[Note]]:
        yield RedisBus(DECODER, identify, key, server.url)

    async def cut() -> None:
        async with Redis.from_url(server.url) as redis:
            assert await redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub")

    return Kind(make, cut, lambda: [server.pid])


@pytest.fixture
async def open_bus(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OpenBus]:
    """Starts a bus and receives from it; `missing` is raised when it first reads what it missed."""
    monkeypatch.setattr(bus_module, "RECONNECT_AFTER_S", 0.05)
    started: list[tuple[Any, asyncio.Task[None]]] = []

    async def start(missing: Exception | None = None, identify: Identify = identify, key: bytes = KEY) -> Recorder:
        making = kind.make(identify, key)
        process = Recorder(await making.__aenter__(), missing=missing)
        started.append((making, asyncio.create_task(process.bus.run(process))))
        await process.until_open()
        return process

    yield start
    for making, task in started:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await making.__aexit__(None, None, None)


@pytest.fixture(autouse=True)
def rare_echoes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes late, with the next echo, would come after our patience has ended. A slow server is not cut off."""
    monkeypatch.setattr(bus_module, "ECHO_EVERY_S", 10 * PATIENCE_S)
    monkeypatch.setattr(bus_module, "ALONE_AFTER_S", 25 * PATIENCE_S)
    monkeypatch.setattr(bus_module, "ECHO_LATE_S", 15 * PATIENCE_S)
    monkeypatch.setattr(postgres_bus, "PROBE_S", PATIENCE_S)
    for module in (postgres_bus, redis_bus):
        monkeypatch.setattr(module, "ANSWER_S", PATIENCE_S)


@pytest.fixture
def quick_echoes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus_module, "ECHO_EVERY_S", 0.05)


async def acquainted(*processes: Recorder) -> None:
    """Wait until each has received from another."""
    await until(lambda: not any(process.bus.is_alone for process in processes))


async def test_a_ring_reaches_the_others(open_bus: OpenBus) -> None:
    here, there, elsewhere = await open_bus(), await open_bus(), await open_bus()
    await acquainted(here, there, elsewhere)

    here.bus.ring(1, 60)

    assert await there.next() == await elsewhere.next() == (1, 60)


async def test_a_ring_that_comes_together_with_our_own_is_received_at_once(open_bus: OpenBus) -> None:
    processes = [await open_bus() for _ in range(3)]
    await acquainted(*processes)

    for rev in range(1, 300):
        for room, process in enumerate(processes):
            process.bus.ring(room, rev)
        async with asyncio.timeout(PATIENCE_S):  # far less than until the next answer on the connection
            for process in processes:
                others = {(room, rev) for room, other in enumerate(processes) if other is not process}
                assert {await process.events.get() for _ in others} == others


async def test_who_is_alone_does_not_ring_until_another_says_hello(
    open_bus: OpenBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus_module, "ECHO_EVERY_S", 60)
    here = await open_bus()
    received = count_kinds(here.bus, monkeypatch)
    here.bus.ring(1, 60)
    here.bus.send({"n": 1})
    await until(lambda: received["note"])

    assert here.bus.is_alone
    assert not received["ring"]

    there = await open_bus()
    await acquainted(here, there)
    here.bus.ring(1, 61)

    assert await there.next() == (1, 61)


@pytest.mark.usefixtures("quick_echoes")
async def test_who_has_been_silent_for_long_is_company_no_more(
    open_bus: OpenBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus_module, "ALONE_AFTER_S", 0.5)
    here, there = await open_bus(), await open_bus()
    await acquainted(here, there)

    monkeypatch.setattr(bus_module, "ECHO_EVERY_S", 60)  # from the next echo on

    await until(lambda: here.bus.is_alone and there.bus.is_alone)


async def test_rings_that_wait_are_gathered_and_only_the_newest_of_a_room_is_sent(open_bus: OpenBus) -> None:
    here, there = await open_bus(), await open_bus()

    await acquainted(here, there)
    for rev in (1, 3, 2):
        here.bus.ring(7, rev)
    here.bus.ring(8, 1)
    here.bus.send({"kind": "end"})

    received = [await there.next() for _ in range(3)]
    assert received[:2] == [(7, 3), (8, 1)]


async def test_rings_of_very_many_rooms_all_come(open_bus: OpenBus) -> None:
    here, there = await open_bus(), await open_bus()
    await acquainted(here, there)
    rooms = range(10**15, 10**15 + 2_000)

    for room in rooms:
        here.bus.ring(room, 1)

    assert [(await there.next())[0] for _ in rooms] == [*rooms]
    assert MAX_PAYLOAD_BYTES < 8_000


def posted(rev: int, text: bytes = b"{}", room: int = 1) -> Changes:
    return Changes(room, rev - 1, rev, [(rev, rev, text)])


async def test_a_ring_brings_what_is_new_to_those_who_follow_the_room(open_bus: OpenBus) -> None:
    here, there = await open_bus(), await open_bus()
    await acquainted(here, there)

    here.bus.ring(2, 9, posted(9, room=2))
    here.bus.ring(1, 60, posted(60, "Zoë 👍".encode()))

    assert [await there.next() for _ in range(3)] == [posted(60, "Zoë 👍".encode()), (2, 9), (1, 60)]


async def test_changes_that_wait_become_one_and_those_with_a_gap_between_them_only_ring(open_bus: OpenBus) -> None:
    here, there = await open_bus(), await open_bus()
    await acquainted(here, there)

    here.bus.ring(1, 60, posted(60))
    here.bus.ring(1, 61, posted(61))
    assert await there.next() == Changes(1, 59, 61, [(60, 60, b"{}"), (61, 61, b"{}")])
    assert await there.next() == (1, 61)

    here.bus.ring(1, 62, posted(62))
    here.bus.ring(1, 63)
    here.bus.ring(1, 64, posted(64))
    assert await there.next() == (1, 64)

    here.bus.ring(1, 65, posted(65))
    here.bus.ring(1, 67, posted(67))
    assert await there.next() == (1, 67)


async def test_the_largest_changes_arrive_and_larger_ones_only_ring(open_bus: OpenBus) -> None:
    here, there = await open_bus(), await open_bus()
    await acquainted(here, there)

    here.bus.ring(1, 60, posted(60, b"x" * MAX_CHANGES_BYTES))
    assert await there.next() == posted(60, b"x" * MAX_CHANGES_BYTES)
    assert await there.next() == (1, 60)

    here.bus.ring(1, 61, posted(61, b"x" * (MAX_CHANGES_BYTES + 1)))
    assert await there.next() == (1, 61)


async def test_nobody_who_listens_can_read_what_a_ring_brings(
    open_bus: OpenBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, stranger = await open_bus(), await open_bus(key=bytes(31) + b"1")
    await acquainted(here, stranger)
    heard: list[str] = []
    on_payload = stranger.bus._on_payload
    monkeypatch.setattr(
        stranger.bus, "_on_payload", lambda payload, receiver: (heard.append(payload), on_payload(payload, receiver))
    )

    here.bus.ring(1, 60, posted(60, b"the zebrafinch"))

    assert await stranger.next() == (1, 60)
    kinds = [payload.split()[2] for payload in heard]
    assert [kind for kind in kinds if kind != "echo"] == ["changes", "ring"]  # an echo answers a greeting, at any time
    assert not any("zebrafinch" in payload for payload in heard)
    assert stranger.bus.trouble == OTHER_KEY


async def test_changes_from_before_a_connection_only_ring(open_bus: OpenBus, kind: Kind) -> None:
    there = await open_bus()
    async with kind.make() as bus:
        bus._company_until = math.inf
        bus.ring(1, 60, posted(60))
        late = asyncio.create_task(bus.run(Recorder(bus)))

        assert await there.next() == (1, 60)

        late.cancel()
        await asyncio.gather(late, return_exceptions=True)


async def test_a_note_reaches_the_others_and_not_oneself(open_bus: OpenBus) -> None:
    here, there = await open_bus(), await open_bus()

    here.bus.send({"kind": "typing", "who": "Zoë 👍"})
    there.bus.send({"kind": "answer"})

    assert await there.note() == {"kind": "typing", "who": "Zoë 👍"}
    assert await here.note() == {"kind": "answer"}


async def test_a_note_names_the_process_that_sent_it(open_bus: OpenBus) -> None:
    here, there, elsewhere = await open_bus(), await open_bus(), await open_bus()

    here.bus.send({"n": 1})
    here.bus.send({"n": 2})
    first, second = await elsewhere.next(), await elsewhere.next()
    there.bus.send({"n": 3})
    third = await elsewhere.next()

    assert first[0] == second[0] != third[0]


async def test_the_longest_note_arrives_whole(open_bus: OpenBus) -> None:
    here, there = await open_bus(), await open_bus()
    note = {"text": "x" * (MAX_NOTE_BYTES - 11)}

    here.bus.send(note)

    assert await there.note() == note


async def test_a_bus_that_lost_its_connection_opens_again_and_calls_on_open(open_bus: OpenBus, kind: Kind) -> None:
    here, there = await open_bus(), await open_bus()

    await kind.cut()
    await here.until_open()
    await there.until_open()
    await acquainted(here, there)
    here.bus.ring(1, 2)

    assert await there.next() == (1, 2)


async def test_what_is_sent_while_the_connection_is_away_goes_out_later_up_to_a_bound(
    open_bus: OpenBus, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus_module, "RECONNECT_AFTER_S", 0.05)
    there = await open_bus()
    async with kind.make() as bus:
        for number in range(MAX_NOTES + 5):
            bus.send({"n": number})
        bus._company_until = math.inf
        bus.ring(3, 4)
        late = asyncio.create_task(bus.run(Recorder(bus)))

        assert await there.next() == (3, 4)
        first = (await there.note())["n"]
        assert 5 < first < 10  # the oldest made place: for what was too much, and for our hello and an echo
        for number in range(first + 1, MAX_NOTES + 5):
            assert (await there.note()) == {"n": number}

        late.cancel()
        await asyncio.gather(late, return_exceptions=True)


async def test_a_bus_is_not_open_until_what_was_missed_is_read(open_bus: OpenBus, kind: Kind) -> None:
    process = await open_bus(missing=OSError("the database is away"))

    assert process.bus.is_open
    assert process.missing is None


@pytest.mark.usefixtures("quick_echoes")
async def test_a_connection_that_no_longer_answers_is_noticed_by_its_echo(
    open_bus: OpenBus, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus_module, "ECHO_LATE_S", 0.5)
    process = await open_bus()

    frozen = kind.servants()
    for number in frozen:
        os.kill(number, signal.SIGSTOP)
    try:
        await process.until_lost()
    finally:
        for number in frozen:
            os.kill(number, signal.SIGCONT)

    await process.until_open()


async def test_a_connection_that_is_cut_off_in_its_probe_is_not_taken_for_one_through_a_pooler(
    database: Engine, migrated_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", bus_module.__name__)
    monkeypatch.setattr(postgres_bus, "PROBE_S", 0.2)
    frozen: list[int] = []

    def freeze_the_listener(*_: object) -> None:
        if frozen:
            monkeypatch.setattr(postgres_bus, "PROBE_S", PATIENCE_S)  # of the next one, which no slow machine may miss
        else:
            with database.connect() as conn:
                frozen.extend(conn.scalars(text("SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")))
            os.kill(frozen[0], signal.SIGSTOP)

    async with postgres_kind(migrated_url).make() as bus:
        event.listen(bus._other.sync_engine, "before_cursor_execute", freeze_the_listener)
        process = Recorder(bus)
        running = asyncio.create_task(bus.run(process))
        try:
            await process.until_open()
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            os.kill(frozen[0], signal.SIGCONT)

    assert [record.getMessage() for record in caplog.records] == ["bus lost reason=TimeoutError", "bus open"]


@pytest.mark.usefixtures("quick_echoes")
async def test_an_idle_connection_is_kept_by_its_echo(open_bus: OpenBus, monkeypatch: pytest.MonkeyPatch) -> None:
    process, other = await open_bus(), await open_bus()
    received = count_kinds(process.bus, monkeypatch)

    async with asyncio.timeout(PATIENCE_S):
        while received["echo"] < 20:  # noqa: ASYNC110 (counted elsewhere)
            await asyncio.sleep(0.01)

    assert process.openings.empty()
    assert process.bus.is_open
    assert other.events.empty()


def count_kinds(bus: Bus[Note], monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """The kinds of the payloads that a bus receives from now on."""
    kinds: Counter[str] = Counter()
    on_payload = bus._on_payload

    def count(payload: str, receiver: Receiver[Note]) -> None:
        kinds[[*payload.split(), ""][2]] += 1  # a probe has two words
        on_payload(payload, receiver)

    monkeypatch.setattr(bus, "_on_payload", count)
    return kinds


async def test_a_bus_that_is_cancelled_ends_at_whatever_it_was_busy_with(kind: Kind) -> None:
    async def cancelled_after(ticks: int) -> None:
        async with kind.make() as bus:
            bus._company_until = math.inf
            task = asyncio.create_task(bus.run(Recorder(bus)))
            for _ in range(ticks):
                bus.ring(1, 1)
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task], timeout=PATIENCE_S)
            assert task.cancelled(), f"still running, cancelled after {ticks} turns of the loop"

    for start in range(0, 200, 20):
        await asyncio.gather(*(cancelled_after(ticks) for ticks in range(start, start + 20)))


async def test_a_payload_that_makes_no_sense_does_not_stop_the_bus(open_bus: OpenBus) -> None:
    here, there = await open_bus(), await open_bus()

    here.bus._unsent.append("note {not json")
    here.bus._unsent.append('["only a name"]')
    here.bus.send({"n": 1})

    assert await there.note() == {"n": 1}
    assert there.bus.is_open


@pytest.mark.parametrize("kind", ["redis"], indirect=True)  # a payload of PostgreSQL is too short, but on Python 3.11
async def test_a_note_that_is_nested_too_deeply_does_not_stop_the_bus(
    open_bus: OpenBus, caplog: pytest.LogCaptureFixture
) -> None:
    here, there = await open_bus(), await open_bus()

    here.bus._unsent.append('note {"a":' + "[" * 300_000)
    here.bus.send({"n": 1})

    assert await there.note() == {"n": 1}
    assert there.openings.empty()
    assert "bus payload not understood reason=" in caplog.text


# Two chats


async def test_two_chats_on_one_carrier_get_nothing_of_one_another(open_bus: OpenBus) -> None:
    async def other() -> str:
        return "f" * 16

    here, there = await open_bus(), await open_bus()
    strangers = [await open_bus(identify=other), await open_bus(identify=other)]
    await acquainted(here, there)
    await acquainted(*strangers)

    here.bus.ring(1, 60)
    here.bus.send({"of": "here"})
    strangers[0].bus.ring(2, 1)
    strangers[0].bus.send({"of": "strangers"})

    assert [await there.next(), await there.note()] == [(1, 60), {"of": "here"}]
    assert [await strangers[1].next(), await strangers[1].note()] == [(2, 1), {"of": "strangers"}]
    assert here.events.empty()
    assert there.events.empty()
    assert strangers[0].events.empty()


async def test_what_comes_from_another_database_by_our_channel_is_dropped(
    open_bus: OpenBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = await open_bus(), await open_bus()
    await acquainted(here, there)
    monkeypatch.setattr(there.bus, "_company_until", -math.inf)

    for payload in ("hello", "ring 1:60", 'note {"n":1}'):
        here.bus._unsent.append(payload)
    monkeypatch.setattr(here.bus, "_identity", "f" * 16)
    here.bus._waiting.set()
    await until(lambda: not here.bus._unsent)
    monkeypatch.setattr(here.bus, "_identity", IDENTITY)
    assert there.bus.is_alone
    here.bus.send({"n": 2})

    assert await there.next() == (here.bus.name, {"n": 2})


async def test_a_bus_moves_with_its_database_and_reads_what_it_missed(
    open_bus: OpenBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    identities = [IDENTITY]

    async def changing() -> str:
        if (identity := identities[-1]) == "away":
            raise OSError("the database is away")
        return identity

    monkeypatch.setattr(bus_module, "IDENTITY_EVERY_S", 0.02)
    here, there = await open_bus(identify=changing), await open_bus(identify=changing)
    await acquainted(here, there)
    identities.append("away")
    await asyncio.sleep(0.1)  # long enough for a few looks, which say nothing
    assert here.openings.empty()
    identities.append("e" * 16)
    await here.until_open()
    await there.until_open()
    here.bus.send({"n": 1})

    assert await there.note() == {"n": 1}
