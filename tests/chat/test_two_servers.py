"""Several servers on one database behave as one: doorbells, the truth behind them, and what need not arrive."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable

import pytest
from aiohttp.test_utils import TestServer
from redis import Redis
from sqlalchemy import Engine, select, text

from app.chat.keys import BUS, HUB, PRESENCE
from app.chat.presence import presence
from app.chat.presence.roster import Sighting
from app.db import epoch
from app.db.schema import messages
from app.live import bus as bus_module
from app.live import loader
from tests.chat.conftest import Join, Member, member
from tests.conftest import Serve
from tests.support.browsing import Open
from tests.support.sockets import until


@pytest.fixture(params=["postgres", "redis"])
def start(request: pytest.FixtureRequest, serve: Serve) -> Callable[[], Awaitable[TestServer]]:
    """Starts servers on one database that reach each other over one of the two buses."""
    bus = {"redis_url": request.getfixturevalue("redis").url} if request.param == "redis" else {}

    async def start_with_bus() -> TestServer:
        server = await serve(post_rate=1_000_000, post_burst=1_000_000, **bus)
        await until(lambda: server.app[BUS].is_open)
        return server

    return start_with_bus


@pytest.fixture
def cut(request: pytest.FixtureRequest, start: object, database: Engine) -> Callable[[], None]:
    """Cuts every connection on which a bus receives."""

    def cut_postgres() -> None:
        with database.begin() as conn:
            statement = text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
                "AND (query LIKE '%pg_notify%payload%' OR query LIKE 'LISTEN%')"
            )
            assert len(conn.scalars(statement).all()) == 2

    def cut_redis() -> None:
        with Redis.from_url(request.getfixturevalue("redis").url) as redis:
            assert redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub") == 2

    return cut_redis if request.node.callspec.params["start"] == "redis" else cut_postgres


@pytest.fixture
async def server(start: Callable[[], Awaitable[TestServer]]) -> TestServer:
    return await start()


@pytest.fixture
async def other(start: Callable[[], Awaitable[TestServer]]) -> TestServer:
    return await start()


async def test_a_message_crosses_to_the_other_server_at_once(join: Join, other: TestServer) -> None:
    alice, bob = await join("alice"), await join("bobby", at=other)

    ack = await alice.socket.posted("from here")
    assert (await bob.socket.until("message"))["seq"] == ack["seq"]

    ack = await bob.socket.posted("from there")
    assert (await alice.socket.until("message", text="from there"))["seq"] == ack["seq"] == 2


async def test_changes_cross_and_both_servers_changing_one_message_at_once_end_the_same(
    join: Join, other: TestServer, database: Engine
) -> None:
    alice, bob = await join("alice"), await join("bobby", at=other)
    await alice.socket.posted("hi")

    async def change(member: Member, emoji: str) -> None:
        for number in range(8):
            on = number % 2 == 0
            await member.socket.say(type="react", id=str(uuid.uuid4()), room=1, seq=1, emoji=emoji, on=on)
            if member is alice:
                await member.socket.say(type="edit", id=str(uuid.uuid4()), room=1, seq=1, text=f"edit {number}")
        id = str(uuid.uuid4())
        await member.socket.say(type="react", id=id, room=1, seq=1, emoji=emoji, on=True)

    await asyncio.gather(change(alice, "👍"), change(bob, "🎉"))

    last = 1 + 8 + 2 * 9
    events = [await reader.socket.until("message", rev=last) for reader in (alice, bob)]
    assert events[0] == events[1] == (await bob.history())["messages"][0]
    assert events[0]["text"] == "edit 7"
    assert {(each["emoji"], len(each["people"])) for each in events[0]["reactions"]} == {("👍", 1), ("🎉", 1)}
    await alice.socket.say(type="delete", id=str(uuid.uuid4()), room=1, seq=1)
    assert (await bob.socket.until("message", rev=last + 1))["deleted"]


async def test_both_servers_writing_at_once_give_everyone_the_same_order(
    join: Join, other: TestServer, database: Engine
) -> None:
    here = [await join(f"here{number}") for number in range(5)]
    there = [await join(f"there{number}", at=other) for number in range(5)]

    async def write(writer: Member, name: str) -> None:
        for number in range(100):
            await writer.socket.post(f"{name}/{number}")

    async with asyncio.TaskGroup() as group:
        for index, writer in enumerate(here + there):
            group.create_task(write(writer, str(index)))

    with database.connect() as conn:
        expected: list[str] = []
        for reader in (here[0], there[0]):
            seen = [await reader.socket.until("message") for _ in range(1_000)]
            assert [event["seq"] for event in seen] == list(range(1, 1_001))
            expected = [*conn.scalars(select(messages.c.body).order_by(messages.c.seq))]
            assert [event["text"] for event in seen] == expected
    for index in range(10):
        own = [body for body in expected if body.startswith(f"{index}/")]
        assert own == [f"{index}/{number}" for number in range(100)]


async def test_the_same_post_on_both_servers_at_once_is_one_message(
    join: Join, other: TestServer, database: Engine, open_browser: Open
) -> None:
    alice = await join("alice")
    elsewhere = open_browser(other)
    await elsewhere.log_in("alice")
    twin = await member(elsewhere)
    for _ in range(50):
        id = str(uuid.uuid4())
        await asyncio.gather(alice.socket.post("once", id=id), twin.socket.post("once", id=id))
        first, second = await alice.socket.until("ack", id=id), await twin.socket.until("ack", id=id)
        assert first == second

    with database.connect() as conn:
        assert [*conn.scalars(select(messages.c.seq).order_by(messages.c.seq))] == list(range(1, 51))


async def test_with_every_doorbell_lost_messages_still_arrive(
    join: Join, other: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = await join("alice"), await join("bobby", at=other)
    monkeypatch.setattr(other.app[HUB], "advance", lambda room, rev: None)
    await alice.socket.posted("unheard")
    monkeypatch.undo()

    assert (await bob.socket.until("message"))["text"] == "unheard"
    assert loader.RECONCILE_S == 2


async def test_a_bus_that_lost_its_connection_opens_again_and_reads_what_it_missed(
    join: Join, other: TestServer, cut: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus_module, "RECONNECT_AFTER_S", 0.05)
    monkeypatch.setattr(loader, "RECONCILE_S", 60)
    alice, bob = await join("alice"), await join("bobby", at=other)

    cut()
    for number in range(20):
        await alice.socket.posted(f"number {number}")

    assert await bob.socket.texts(20) == [f"number {number}" for number in range(20)]


async def test_signing_out_here_closes_the_socket_there(join: Join, other: TestServer, open_browser: Open) -> None:
    alice = await join("alice")
    same_login = open_browser(other)
    same_login.session.cookie_jar.update_cookies({"parley": alice.browser.cookie() or ""})
    tab = await member(same_login)

    await alice.browser.sign_out()

    assert await tab.socket.close_code() == 4001


async def test_typing_and_reading_cross_too(join: Join, other: TestServer, open_browser: Open) -> None:
    alice, bob = await join("alice"), await join("bobby", at=other)
    elsewhere = open_browser(other)
    await elsewhere.log_in("alice")
    tab = await member(elsewhere)
    await alice.socket.posted("hi")

    await alice.socket.say(type="typing", room=1)
    assert (await bob.socket.until("typing"))["user"] == alice.author
    await alice.socket.say(type="read", room=1, seq=1)
    assert (await tab.socket.until("read"))["seq"] == 1
    assert not [event for event in await bob.socket.so_far() if event["type"] == "read"]


async def test_a_note_of_a_kind_that_only_a_newer_version_has_is_logged_and_passed_over(
    join: Join, other: TestServer, caplog: pytest.LogCaptureFixture
) -> None:
    alice, bob = await join("alice"), await join("bobby", at=other)

    alice.app[BUS]._queue('note {"kind": "of_tomorrow"}')
    await alice.socket.say(type="typing", room=1)

    assert (await bob.socket.until("typing"))["user"] == alice.author
    assert [record.message for record in caplog.records if "of_tomorrow" in record.message] == [
        "bus payload not understood reason=Invalid value 'of_tomorrow' - at `$.kind`"
    ]
    assert other.app[BUS].is_open


async def test_another_epoch_sends_everyone_away_everywhere_and_no_old_cursor_counts(
    join: Join, other: TestServer, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loader, "RECONCILE_S", 0.05)
    alice, bob = await join("alice"), await join("bobby", at=other)
    await alice.socket.posted("before")
    await bob.socket.until("message")

    epoch.rotate(database.url.render_as_string(hide_password=False))

    assert await alice.socket.close_code() == await bob.socket.close_code() == 1001
    old = bob.hello["epoch"]
    bob = await bob.reconnect()
    assert bob.hello["epoch"] != old
    await bob.resume(1, epoch=old)
    assert (await bob.socket.until("reset"))["rev"] == 1
    assert (await bob.socket.posted("after"))["seq"] == 2


async def test_a_newcomer_who_gets_another_epoch_first_stays_and_the_others_go(
    join: Join, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loader, "RECONCILE_S", 60)
    alice = await join("alice")

    epoch.rotate(database.url.render_as_string(hide_password=False))
    bob = await join("bobby")

    assert await alice.socket.close_code() == 1001
    assert (await bob.socket.posted("a new history"))["seq"] == 1
    assert await bob.socket.texts(1) == ["a new history"]


async def test_who_is_here_is_the_same_everywhere(join: Join, other: TestServer) -> None:
    alice = await join("alice")
    bob = await join("bobby", at=other)
    assert (await alice.socket.until("presence", people=[bob.author]))["here"]

    carol = await join("carol")

    assert (await bob.socket.until("presence", people=[carol.author]))["here"]
    dave = await join("david", at=other)
    people = (await dave.socket.until("presence"))["people"]
    assert sorted(person["login"] for person in people) == ["alice", "bobby", "carol", "david"]


async def test_a_process_that_has_just_begun_learns_at_once_who_is_elsewhere(
    join: Join, start: Callable[[], Awaitable[TestServer]]
) -> None:
    alice = await join("alice")
    later = await start()
    bob = await join("bobby", at=later)

    if alice.author not in (await bob.socket.until("presence"))["people"]:
        assert (await bob.socket.until("presence", people=[alice.author]))["here"]


async def test_someone_who_moves_to_another_process_never_left(
    join: Join, other: TestServer, open_browser: Open
) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await alice.socket.until("presence", people=[bob.author])
    elsewhere = open_browser(other)
    await elsewhere.log_in("bobby")
    moved = await member(elsewhere)
    await until(lambda: len(sightings(alice, bob)) == 2)

    await bob.socket.ws.close()
    await until(lambda: not bob.app[HUB].clients.of(bob.author["id"]))
    bob.app[PRESENCE].forget(now() + presence.GRACE_S + 1)
    await moved.socket.posted("still here")

    assert (await alice.socket.until("message"))["text"] == "still here"
    assert not [event for event in await alice.socket.so_far() if event["type"] == "presence"]
    assert len(sightings(alice, bob)) == 1


Pair = tuple[Member, Member]


@pytest.fixture
async def pair(join: Join, other: TestServer) -> Pair:
    """Alice here and Bob elsewhere, each of whom the other sees."""
    alice, bob = await join("alice"), await join("bobby", at=other)
    await alice.socket.until("presence", people=[bob.author])
    return alice, bob


async def test_someone_who_closes_the_page_elsewhere_has_left_after_the_grace(pair: Pair) -> None:
    alice, bob = pair

    await bob.socket.ws.close()
    await until(lambda: not bob.app[HUB].clients.of(bob.author["id"]))
    bob.app[PRESENCE].forget(now() + presence.GRACE_S)

    assert (await alice.socket.until("presence", here=False))["people"] == [bob.author]


async def test_the_people_of_a_process_that_dies_are_kept_for_the_grace_and_gone_within_15_s(
    pair: Pair, other: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = pair
    monkeypatch.setattr(other.app[BUS], "send", lambda note: None)  # silent, as the dead are

    told_s = presence.BEAT_TICKS * presence.TICK_S  # before its death, at most
    alice.app[PRESENCE].forget(now() + presence.GRACE_S + told_s)
    assert not [event for event in await alice.socket.so_far() if event["type"] == "presence"]
    alice.app[PRESENCE].forget(now() + 15 - presence.TICK_S)

    assert (await alice.socket.until("presence", here=False))["people"] == [bob.author]


async def test_nobody_leaves_because_the_bus_is_away(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    alice, _ = pair

    monkeypatch.setattr(alice.app[BUS], "is_open", False)
    alice.app[PRESENCE].forget(now() + 3600)

    assert not [event for event in await alice.socket.so_far() if event["type"] == "presence"]


async def test_every_beat_sends_the_others_again_whom_a_process_sees(pair: Pair) -> None:
    alice, bob = pair
    alice.app[PRESENCE].forget(now() + presence.FORGET_S)
    await alice.socket.until("presence", here=False)

    assert (await alice.socket.until("presence", here=True))["people"] == [bob.author]


def now() -> float:
    return asyncio.get_running_loop().time()


def sightings(at: Member, of: Member) -> dict[str, Sighting]:
    """By which processes someone is seen, as another person's process has it."""
    return at.app[PRESENCE]._roster._people[of.author["id"]].sightings
