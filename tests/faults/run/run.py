"""One run: a world, a crowd of clients, a nemesis; then the verdict over what they wrote down."""

import asyncio
import math
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.faults.checker.checker import judge
from tests.faults.checker.history import records
from tests.faults.checker.verdict import Kind, Verdict
from tests.faults.client import figures
from tests.faults.client.figures import Figures
from tests.faults.client.plan import Person, Plan
from tests.faults.run import population, rows
from tests.faults.run.crowd import Crowd, crowd
from tests.faults.run.nemesis import Fault, Nemesis, Strike
from tests.faults.run.space import faults_in_space
from tests.faults.run.visitor import Visitor, visits
from tests.faults.run.world import LOOK_S, PROGRAM, World, world
from tests.support.index import changes_left, faults_in_index

CLIENTS_A_PROCESS = 100
CLIENTS_AN_ACCOUNT = 1.5
SELDOM_S = 0.5


@dataclass(frozen=True)
class Settings:
    """What a run is. `messages` are acknowledged at least: it goes on until every fault has happened."""

    seed: int
    messages: int
    faults: tuple[Fault, ...]
    clients: int = 30
    sluggish_every: int = 10  # one client in so many stops reading now and then
    rooms: int = 5
    rooms_each: int = 4  # an account is a member of 1 to that many
    processes: int = 3
    posts_per_s: float = 300
    changes: float = 0.05  # edits, deletions and reactions for each post
    files: float = 0.01  # how often a message carries some
    in_flight: int = 20
    heartbeat_s: float = 2
    silent_s: float = 6  # after which clients give up a socket
    patience_s: float = 60  # at the end, for each ack, and each thing that somebody sees
    sight_s: float = 60  # and then, for each of what is left to be seen
    program: tuple[str, ...] = PROGRAM
    durable: bool = True
    bus: str = "postgres"
    release: str | None = None  # the commit of which the processes are at first
    visitors: int = 0  # how many people load pages all the time


@dataclass(frozen=True)
class Outcome:
    verdict: Verdict
    figures: Figures
    strikes: list[Strike]
    begun: float
    ended: float


Show = Callable[[str], None]


async def run(settings: Settings, folder: Path, show: Show) -> Outcome:
    """Run in `folder`, which the account of PostgreSQL must reach; `show` is called with each step."""
    show(f"seed {settings.seed}")
    chance = random.Random(settings.seed)
    async with world(
        folder,
        settings.processes,
        program=settings.program,
        durable=settings.durable,
        with_redis=settings.bus == "redis",
        release=settings.release,
        HEARTBEAT_S=str(settings.heartbeat_s),
    ) as here:
        people = await _people(settings, chance, here)
        plans = [*_plans(settings, folder, here.url, people)]
        begun = time.monotonic()
        visiting = visits(here.url, people[: settings.visitors])
        async with crowd(plans) as clients, visiting as visitors:
            nemesis = Nemesis(here, clients, chance)
            await _happen(settings, chance, clients, nemesis, show)
            await nemesis.rest()
            ended = time.monotonic()
            await _come_to_rest(settings, here, clients, show)
        await here.stop()
        show("judging")
        verdict = judge(
            population.members(people),
            rows.rows(here.engine),
            rows.heads(here.engine),
            {person.number: records(plan.history(person)) for plan in plans for person in plan.people},
            rows.kept(here.engine),
        )
        _judge_derived(here, verdict)
        _judge_visits(visitors, verdict)
    gathered = figures.added(figures.decode(plan.figures.read_bytes()) for plan in plans)
    return Outcome(verdict, gathered, nemesis.strikes, begun, ended)


async def _people(settings: Settings, chance: random.Random, here: World) -> list[Person]:
    count = math.ceil(settings.clients / CLIENTS_AN_ACCOUNT)
    accounts = await population.populate(here.engine, chance, count, settings.rooms, settings.rooms_each)
    return await population.people(here.url, accounts, settings.clients, settings.rooms, settings.sluggish_every)


def _plans(settings: Settings, folder: Path, url: str, people: list[Person]) -> Iterator[Plan]:
    count = math.ceil(len(people) / CLIENTS_A_PROCESS)
    for number in range(count):
        yield Plan(
            seed=settings.seed,
            url=url,
            folder=str(folder),
            number=number,
            people=people[number::count],
            posts_per_s=settings.posts_per_s / len(people),
            changes=settings.changes,
            files=settings.files,
            in_flight=settings.in_flight,
            silent_s=settings.silent_s,
        )


async def _happen(settings: Settings, chance: random.Random, clients: Crowd, nemesis: Nemesis, show: Show) -> None:
    """Let every fault happen, spread over the messages."""
    faults = chance.sample(settings.faults, len(settings.faults))
    for number, fault in enumerate(faults, 1):
        await clients.until_acked(settings.messages * number // (len(faults) + 1))
        strike = await nemesis.strike(fault)
        struck = f"{fault.value} {strike.detail}".strip()
        show(f"{clients.acked:,} acknowledged; {number} of {len(faults)}: {struck}, mended in {strike.mended_s:.1f} s")
    await clients.until_acked(settings.messages)


async def _come_to_rest(settings: Settings, here: World, clients: Crowd, show: Show) -> None:
    """Let everything be acknowledged, and everybody see everything; what does not happen in time is for the verdict."""
    try:
        async with clients.while_it_moves(settings.patience_s):
            for order in ("stop", "reply", "away", "amend"):  # so that one comes back to old messages that have changed
                await clients.order(**{order: True})
                await clients.until(lambda: clients.waiting == 0)
                if order == "reply":  # a reply that is seen only when its original has changed shows nothing
                    await clients.until(lambda: clients.coming == 0)
            await clients.order(back=True)
            # All at once, then one alone: what another process loads for its own last word would hide a lost doorbell.
            await clients.order(last_word=True)
            await clients.until(lambda: clients.waiting == 0)
            await clients.order(farewell=True)
            await clients.until(lambda: clients.waiting == 0)
    except TimeoutError:
        show(f"{clients.waiting} messages and changes wait, and nothing came for {settings.patience_s} s")
    lasts = {room: (head.last_seq, head.last_rev) for room, head in rows.heads(here.engine).items()}
    if not await clients.has_seen(lasts, settings.sight_s):
        show(f"not everybody has seen everything, and nothing came for {settings.sight_s} s")
    await clients.leave()
    if not await _is_indexed(here, settings.patience_s):
        show(f"not everything is in the index after {settings.patience_s} s")


def _judge_derived(here: World, verdict: Verdict) -> None:
    """Hold what a search would find, and what was counted of files, against what the database has."""
    with here.engine.connect() as conn:
        for sentence in faults_in_index(conn):
            verdict.report(Kind.MISINDEXED, sentence)
        for sentence in faults_in_space(conn):
            verdict.report(Kind.MISCOUNTED, sentence)


def _judge_visits(visitors: list[Visitor], verdict: Verdict) -> None:
    for visitor in visitors:
        for trouble, count in visitor.troubles.items():
            verdict.report(Kind.FAILED, f"{trouble}, {count} times, and {visitor.visits} answers were right.")


async def _is_indexed(here: World, patience_s: float) -> bool:
    """Whether the index comes to the end of every room, with never so long between two steps.

    One looks less and less often: each look is work, and an index that never gets there is looked at for long.
    """
    look_s, ends = LOOK_S, time.monotonic() + patience_s
    with here.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        left = changes_left(conn)
        while left and time.monotonic() < ends:
            await asyncio.sleep(look_s)
            look_s = min(SELDOM_S, 1.5 * look_s)
            before, left = left, changes_left(conn)
            if left < before:
                ends = time.monotonic() + patience_s
    return not left
