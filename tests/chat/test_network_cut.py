"""The network between Parley and PostgreSQL is cut: nothing is promised, nothing is lost, all is back within 5 s.

Six networks at once, each with a database, a server behind the cut and one beside it: 1, 10 and 60 seconds, plainly
and half-open, where PostgreSQL receives and commits what is sent to it, and its answers vanish.
"""

import asyncio
import contextlib
import json
import time
import uuid
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from aiohttp.test_utils import TestServer
from sqlalchemy import NullPool, create_engine, make_url, select, text

from app.base.config import Config
from app.chat.keys import BUS
from app.db.driver.engine import ENGINE
from app.db.embedded.embedded import Embedded
from app.db.schema import messages
from tests.chat.conftest import Member, member
from tests.chat.mortal import Mortal, socket_of
from tests.conftest import DATABASE_WAITS, make_config
from tests.support.apps import make_app
from tests.support.browsing import Browser, Open
from tests.support.load import PATIENCE_S, watched
from tests.support.proxy import Proxy
from tests.support.sockets import Closed, until

RECOVERED_S = 5
LONG_CUT_S = 60
SLOW_S = 1  # a third of what Parley waits for its database: who has lost nothing may be refused then
NOISE = 2  # on a machine that does other work, too: late must look different from never
STEPS = 5  # of a recovery, each as slow as what is asked of a server that lost nothing


@dataclass
class Typist:
    """Posts one message after the other, each until it is acknowledged; receives everything."""

    name: str
    person: Member
    acked: list[tuple[float, int, str]] = field(default_factory=list)
    received: list[tuple[float, int, str]] = field(default_factory=list)
    refusals: list[dict[str, Any]] = field(default_factory=list)
    answers: "asyncio.Queue[dict[str, Any]]" = field(default_factory=asyncio.Queue)

    async def listen(self) -> None:
        while True:
            try:
                event = await self.person.socket.next()
            except TimeoutError:
                continue
            if event["type"] == "message":
                self.received.append((time.monotonic(), event["seq"], event["text"]))
            elif event["type"] in ("ack", "error"):
                self.answers.put_nowait(event)

    async def type(self) -> None:
        number = 0
        while True:
            number += 1
            body, id = f"{self.name} {number}", str(uuid.uuid4())
            while True:
                await self.person.socket.post(body, id=id)
                answer = await self.answers.get()
                assert answer["id"] == id
                if answer["type"] == "ack":
                    break
                self.refusals.append(answer)
                await asyncio.sleep(answer["retry_after"])
            self.acked.append((time.monotonic(), answer["seq"], body))
            await asyncio.sleep(0.1)


async def ask_for_ever(browser: Browser, slowest: list[float]) -> None:
    """Note how long the slowest answer takes of a server that lost nothing; endless."""
    while True:
        asked = time.monotonic()
        await browser.ask("GET", "/readyz")
        slowest[0] = max(slowest[0], time.monotonic() - asked)
        await asyncio.sleep(0.1)


class Network:
    """Two servers on a database of their own; the first reaches it through a network that can be cut."""

    def __init__(self, server: Embedded, name: str) -> None:
        url = make_url(server.url)
        self.socket = socket_of(server.url)
        self.database = create_engine(
            url.set(drivername="postgresql+psycopg2", database=name), poolclass=NullPool, isolation_level="AUTOCOMMIT"
        )

    def app(self, port: int | None = None) -> TestServer:
        url = self.database.url.set(drivername="postgresql")
        if port is not None:
            url = url.set(host="127.0.0.1", port=port).difference_update_query(["host", "port"])
        settings = {"database_url": url.render_as_string(), "post_rate": 1_000_000, "post_burst": 1_000_000}
        as_shipped = {name: Config.model_fields[name].default for name in DATABASE_WAITS}
        app = make_app(make_config(self.database, **settings | as_shipped))
        return TestServer(app)

    def backends(self, condition: str = "true") -> int:
        statement = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'parley'"
        )
        with self.database.connect() as conn:
            return int(conn.scalar(text(f"{statement} AND {condition}")))

    def stored(self) -> list[tuple[int, str]]:
        with self.database.connect() as conn:
            return [
                (row.seq, row.body) for row in conn.execute(select(messages.c.seq, messages.c.body).order_by("seq"))
            ]


async def join(browser: Browser, login: str) -> Member:
    """Create an account and open a socket, again and again while a slow machine has the database answer too late."""
    async with asyncio.timeout(PATIENCE_S):
        while (await browser.sign_up(login)).status != 303 and (await browser.log_in(login)).status != 303:
            pass
        while True:
            with contextlib.suppress(Closed):
                return await member(browser)


async def crossing(sender: Typist, reader: Typist, since: float) -> tuple[float, float]:
    """When the sender's first post after a time was acknowledged, and when the reader received it."""
    await until(lambda: any(at > since for at, _, _ in sender.acked))
    acked, seq, _ = next(ack for ack in sender.acked if ack[0] > since)
    await until(lambda: any(each == seq for _, each, _ in reader.received))
    return acked, next(at for at, each, _ in reader.received if each == seq)


async def until_no_backend_is_left_over(network: Network, servers: list[TestServer], people: list[Browser]) -> None:
    """Wait until the database serves the servers' connections, and no others."""
    pools: list[Any] = [server.app[ENGINE].sync_engine.pool for server in servers]
    beside = 2 * len(pools)  # each journal's and each bus's
    async with asyncio.timeout(PATIENCE_S):
        while network.backends() != sum(pool.checkedin() for pool in pools) + beside:
            # Nobody is there any more who would find out that a connection has died in its pool.
            await asyncio.gather(*(one.ask("GET", "/readyz") for one in people))


def nothing_is_lost_doubled_or_out_of_order(typists: list[Typist], lasting: list[tuple[int, str]]) -> None:
    assert {(seq, body) for one in typists for _, seq, body in one.acked} <= {*lasting}
    assert [seq for seq, _ in lasting] == [*range(1, len(lasting) + 1)]
    assert len({body for _, body in lasting}) == len(lasting)
    for one in typists:
        seen = [(seq, body) for _, seq, body in one.received]
        assert seen == lasting[: len(seen)]


async def until_at_work(tasks: list["asyncio.Task[None]"], holds: Callable[[], bool]) -> None:
    """Wait until something holds; what ends a task meanwhile that never ends is raised."""
    await until(lambda: holds() or any(task.done() for task in tasks))
    for task in tasks:
        assert not task.done(), task.result()


async def refusals_of(typist: Typist, seconds: float) -> int:
    """How many there are after so many seconds; at least one where these are long, however long that takes."""
    await asyncio.sleep(seconds)
    if seconds >= RECOVERED_S * 2:  # a post is tried for about that long before it is refused
        await until(lambda: typist.refusals)
    return len(typist.refusals)


async def survive(
    network: Network, open_browser: Open, one_by_one: asyncio.Lock, seconds: float, cut: Callable[[Proxy], None]
) -> dict[str, float]:
    """Cut and mend; returns after how many seconds each thing worked again."""
    async with Proxy(network.socket) as proxy, network.app(proxy.port) as here, network.app() as there:
        people = [open_browser(here), open_browser(there)]
        async with one_by_one:  # six servers that greet at once are slower than a busy machine may be
            names = ("alice", "bobby")
            alice, bob = [Typist(name, await join(one, name)) for name, one in zip(names, people, strict=True)]
        slowest = [0.0]
        tasks = [asyncio.create_task(ask_for_ever(people[1], slowest))]
        tasks += [asyncio.create_task(work()) for one in (alice, bob) for work in (one.listen, one.type)]
        await until_at_work(tasks, lambda: len(alice.acked) > 3 and len(bob.received) > 6 and here.app[BUS].is_open)

        cut(proxy)
        refused = await refusals_of(alice, seconds)
        proxy.mend()
        mended = time.monotonic()

        while (await people[0].ask("GET", "/readyz")).status != 200:
            assert time.monotonic() - mended < PATIENCE_S
        ready = time.monotonic()
        acked, crossed = await crossing(alice, bob, mended)
        _, crossed_back = await crossing(bob, alice, mended)
        await until(lambda: network.backends("query ~ '^LISTEN|pg_notify.*payload'") == 2)
        bus = time.monotonic()
        for task in tasks:
            assert not task.done(), task.result()
            task.cancel()
        await asyncio.gather(*tasks, *(one.person.socket.ws.close() for one in (alice, bob)), return_exceptions=True)
        await until_no_backend_is_left_over(network, [here, there], people)
        lasting = network.stored()

    assert {refusal["code"] for refusal in alice.refusals + bob.refusals} <= {"unavailable"}
    assert not bob.refusals or slowest[0] > SLOW_S
    nothing_is_lost_doubled_or_out_of_order([alice, bob], lasting)
    figures = {"ack": acked, "to bob": crossed, "to alice": crossed_back, "readyz": ready, "bus": bus}
    return {"refusals": refused, "slowest": slowest[0], **{what: at - mended for what, at in figures.items()}}


async def test_a_network_that_was_cut_costs_five_seconds_and_no_message(mortal: Mortal, open_browser: Open) -> None:
    cases = {
        (seconds, cut): f"cut_{seconds}_{cut.__name__}"
        for seconds in (1, 10, LONG_CUT_S)
        for cut in (Proxy.cut, Proxy.cut_half)
    }
    with Network(mortal.server, "postgres").database.connect() as conn:
        for name in cases.values():
            conn.execute(text(f"CREATE DATABASE {name} TEMPLATE parley"))

    one_by_one, short_ones = asyncio.Lock(), asyncio.Lock()

    async def in_turn(name: str, seconds: float, cut: Callable[[Proxy], None]) -> dict[str, float]:
        async with (
            short_ones if seconds < LONG_CUT_S else nullcontext()
        ):  # less at once, within the time of the longest
            return await survive(Network(mortal.server, name), open_browser, one_by_one, seconds, cut)

    with watched() as slowest:
        results = await asyncio.gather(*(in_turn(name, *case) for case, name in cases.items()))

    for name, figures in zip(cases.values(), results, strict=True):
        print(name, json.dumps(figures))
        for what in ("ack", "to bob", "to alice", "readyz"):
            assert figures[what] <= NOISE * RECOVERED_S * slowest() + STEPS * figures["slowest"], (name, figures)
