"""Let twenty hostile accounts and a hundred hostile addresses do their worst, and see how one person fares meanwhile.

`make torture` ends with it; alone: python -m tests.faults.hostile --minutes 10
"""

import asyncio
import multiprocessing
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import cycle
from multiprocessing.connection import Connection
from pathlib import Path

import click
import psutil
from sqlalchemy import func, insert, select, text, update

from app.auth.passwords import Passwords
from app.db.schema import messages, sessions, users
from tests.faults.hostile.attackers import ACCOUNTS, Attackers, attack
from tests.faults.hostile.counted import FOLDER, tasks
from tests.faults.hostile.day import NEW_BROWSER, Day, Person, Returning
from tests.faults.run.population import PASSWORD, cookies_of, log_in, populate
from tests.faults.run.world import World, world

MOST_MS = 500.0
PEOPLE = 500  # those who do not return log in with new browsers one after the other, once in ten minutes
RETURNING = 200  # likewise with the browser in which they were; one of them chats
VICTIM = 30  # of these, whom others try to lock out
WARM_S = 60.0  # of attacks first: what each process makes but once, such as statements, is there before it is counted
SETTLE_S = 45.0  # longer than a process waits until it gives memory back
FEW_MORE = 20  # descriptors, tasks, connections: somebody may just be there
MORE_MIB = 1.1  # times what it was before: what is free between what stays cannot go back
PROGRAM = ("tests.faults.hostile.counted", "worker")
AS_ALWAYS = {"PROXY_HOPS": "1", "POST_RATE": "10", "POST_BURST": "20", "REQUEST_FACTOR": "1", "SOCKETS_PER_USER": "10"}
ROWS = ("page", "post", "log-in")  # with a browser where somebody was logged in before
TOLD = (*ROWS, NEW_BROWSER)  # waits for bcrypt in turn


@click.command(help=__doc__)
@click.option("--minutes", default=10.0, show_default=True)
@click.option("--processes", default=2, show_default=True)
@click.option("--only", default="", help="One way to attack, such as pings; without it, all.")
@click.option("--data", type=click.Path(path_type=Path), default="/var/tmp", show_default=True, help="Where to work.")
def main(minutes: float, processes: int, only: str, data: Path) -> None:
    sys.exit(0 if hostile_minutes(minutes, data, processes, only) else 1)


def hostile_minutes(minutes: float, data: Path, processes: int = 2, only: str = "") -> bool:
    """Run it in a folder of its own, and print the figures; whether all are within their bounds."""
    with tempfile.TemporaryDirectory(dir=data, prefix="parley-hostile-") as folder:
        Path(folder).chmod(0o755)  # the account of PostgreSQL looks in
        return asyncio.run(hostile(Path(folder), minutes * 60, processes, only))


async def hostile(folder: Path, seconds: float, processes: int, only: str = "") -> bool:
    """Run it, and say how it went; whether every figure is within its bound and nothing was left."""
    async with world(folder, processes, program=PROGRAM, **AS_ALWAYS, **{FOLDER: str(folder)}) as made:
        accounts = [account.login for account in await populate(made.engine, random.Random(1), ACCOUNTS + PEOPLE, 1, 1)]
        await _slow_passwords(made)
        people = [(login, f"198.51.{100 + n // 200}.{n % 200}") for n, login in enumerate(accounts[ACCOUNTS:])]
        _have_logged_in(made, people)
        returning = [await _returning(made, *each) for each in people[:RETURNING]]
        hostile = [(login, await log_in(made.url, login)) for login in accounts[:ACCOUNTS]]
        turns, calm, day = cycle(people[RETURNING:]), Day(), Day()
        chatting = (made.url, cycle(returning[1:]), turns, returning[0][2])
        with _attackers(Attackers(made.url, people[VICTIM][0], hostile, min(WARM_S, seconds), only)) as outcome:
            await Person(*chatting, day).live(min(WARM_S, seconds))
            await asyncio.to_thread(outcome.recv)
        await asyncio.sleep(SETTLE_S)
        await Person(*chatting, calm).live(min(20.0, seconds / 4))
        before = _figures(made)
        with _attackers(Attackers(made.url, people[VICTIM][0], hostile, seconds, only)) as outcome:
            await Person(*chatting, day).live(seconds)
            worst = _figures(made)
            asked, took_s = await asyncio.to_thread(outcome.recv)
        click.echo(f"{asked:,} requests, for which the attackers took {took_s / seconds:.2f} of a core\n")
        await asyncio.sleep(SETTLE_S)
        return _say(calm, day, (before, worst, _figures(made)), _acked(made, day))


@contextmanager
def _attackers(attackers: Attackers) -> Iterator[Connection]:
    """They attack within the block; what is received from them is what they asked, and what that took."""
    outcome, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(target=attack, args=(attackers, sender), daemon=True)
    process.start()
    try:
        yield outcome
    finally:
        process.kill()
        process.join()


async def _returning(made: World, login: str, address: str) -> Returning:
    """Somebody who was logged in, and what their browser keeps."""
    return login, address, await cookies_of(made.url, login, **{"X-Forwarded-For": address})


async def _slow_passwords(made: World) -> None:
    """Give everybody a hash that costs what it costs in earnest."""
    passwords = Passwords()
    stored = await passwords.hash(PASSWORD)
    passwords.close()
    with made.engine.begin() as conn:
        conn.execute(update(users).values(password_hash=stored))


def _have_logged_in(made: World, people: list[tuple[str, str]]) -> None:
    """Give each a session that began where they log in again, and whose token nobody has."""
    with made.engine.begin() as conn:
        ids = {row.login: row.id for row in conn.execute(select(users.c.login, users.c.id))}
        ends = func.now() + timedelta(days=30)
        conn.execute(
            insert(sessions).values(expires_at=ends),
            [{"user_id": ids[login], "address": where, "token_hash": os.urandom(32)} for login, where in people],
        )


def _figures(made: World) -> dict[str, float]:
    """Descriptors, tasks and MiB of all serving processes, and connections to the database."""
    serving = [each for each in psutil.process_iter() if _listens(each, made.port)]
    with made.engine.connect() as conn:
        backends = conn.execute(text("SELECT count(*) FROM pg_stat_activity WHERE usename IS NOT NULL")).scalar_one()
    return {
        "descriptors": float(sum(each.num_fds() for each in serving)),
        "tasks": float(tasks(made.folder, [each.pid for each in serving])),
        "MiB": sum(each.memory_info().rss for each in serving) / 2**20,
        "backends": float(backends),
        "CPU s": sum(each.cpu_times().user + each.cpu_times().system for each in serving),
    }


def _listens(process: psutil.Process, port: int) -> bool:
    try:
        return any(each.status == "LISTEN" and each.laddr.port == port for each in process.net_connections("tcp"))
    except psutil.Error:  # it ended just now
        return False


def _acked(made: World, day: Day) -> tuple[int, int]:
    """How many messages of the person were acknowledged while others attacked, and how many are there."""
    acked = len(day.took_ms["post"]) - len(day.failures["post"])
    with made.engine.connect() as conn:
        there = conn.execute(select(func.count()).where(messages.c.body == "good morning")).scalar_one()
    return acked, int(there)


def _say(calm: Day, day: Day, figures: tuple[dict[str, float], ...], kept: tuple[int, int]) -> bool:
    click.echo("| what | calm p50 | p99 | attacked p50 | p99 | failed |\n|---|---|---|---|---|---|")
    for name in TOLD:
        row = (calm.share(name, 0.5), calm.share(name, 0.99), day.share(name, 0.5), day.share(name, 0.99))
        failed = f"{len(day.failures[name])} of {len(day.took_ms[name])}"
        click.echo(f"| {name} | {' | '.join(f'{value:.0f} ms' for value in row)} | {failed} |")
    click.echo("\n| | before | under attack | after |\n|---|---|---|---|")
    for name in figures[0]:
        click.echo(f"| {name} | {' | '.join(f'{each[name]:.0f}' for each in figures)} |")
    click.echo(f"\nacknowledged {kept[0]} messages of the person, at least so many are there: {kept[1] >= kept[0]}")
    for name, reasons in day.failures.items():
        click.echo(f"{name}: {sorted({*reasons})[:5]}")
    is_quick = all(day.share(name, 0.99) < MOST_MS for name in ROWS) and not any(day.failures.values())
    return is_quick and _is_as_before(figures[0], figures[2]) and kept[1] >= kept[0]


def _is_as_before(before: dict[str, float], after: dict[str, float]) -> bool:
    few = all(after[name] <= before[name] + FEW_MORE for name in ("descriptors", "tasks", "backends"))
    return few and after["MiB"] <= before["MiB"] * MORE_MIB


if __name__ == "__main__":
    main()
