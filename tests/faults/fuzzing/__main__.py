"""Send frames, names, cookies, addresses and markup of every kind to a real Parley, and see that nothing breaks.

`make torture` ends with it; alone: python -m tests.faults.fuzzing --seconds 60
"""

import asyncio
import os
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from sqlalchemy import insert, update

from app.db.schema import memberships, rooms
from tests.faults.fuzzing import drawn, tried
from tests.faults.fuzzing.chat import Chat, visiting
from tests.faults.run.population import log_in, populate
from tests.faults.run.world import World, world

ROUND = 50  # examples; each round has a seed of its own
FAULTS = re.compile(r"^\S+ (error|critical) |^Traceback|^\w+(\.\w+)*(Error|Exception)\b|never awaited|never retrieved")

Check = Callable[[Any], None]


@click.command(help=__doc__)
@click.option("--seconds", default=60.0, show_default=True, help="For each kind.")
@click.option("--seed", "begin", type=int, help="What decides what is sent; chosen and printed when not given.")
@click.option("--data", type=click.Path(path_type=Path), default="/var/tmp", show_default=True, help="Where to work.")
def main(seconds: float, begin: int | None, data: Path) -> None:
    sys.exit(0 if fuzz_minutes(seconds, data, begin) else 1)


def fuzz_minutes(seconds: float, data: Path, begin: int | None = None) -> bool:
    """Send each kind for so long, to a Parley in a folder of its own; whether nothing broke."""
    begin = random.SystemRandom().getrandbits(32) if begin is None else begin
    click.echo(f"seed {begin}\n\n| what | tried | seconds |\n|---|---|---|")
    with tempfile.TemporaryDirectory(dir=data, prefix="parley-fuzzing-") as folder:
        Path(folder).chmod(0o755)  # the account of PostgreSQL looks in
        return asyncio.run(fuzz(Path(folder), seconds, begin))


async def fuzz(folder: Path, seconds: float, begin: int, examples: int = ROUND) -> bool:
    """Do so in rounds of so many examples, at least one of each kind; whether the log has nothing of a fault."""
    async with world(folder, 1, durable=False, POST_RATE="1000000", ROOMS_PER_DAY="1000000") as made:
        chat = await _chat(made)
        for name, check, what in _kinds(chat):
            begun = time.monotonic()
            count = await asyncio.to_thread(_try, check, what, seconds, begin, examples)
            click.echo(f"| {name} | {count:,} | {time.monotonic() - begun:.0f} |")
            assert chat.get(b"/rooms/1").status == chat.get(b"/rooms/2").status == 200
        for path in (b"/", b"/rooms/1", b"/people"):
            tried.answered(chat.get(path))
    faults = faults_in(folder)
    click.echo("\n".join(faults[:20]))
    return not faults


def faults_in(folder: Path) -> list[str]:
    """What the logs say of what was caught by nobody."""
    lines = [line for log in folder.glob("parley-*.log") for line in log.read_text().splitlines()]
    return [line for line in lines if FAULTS.search(line)]


def _kinds(chat: Chat) -> tuple[tuple[str, Check, st.SearchStrategy[Any]], ...]:
    return (
        ("frames", partial(tried.frames, chat), drawn.FRAMES),
        ("commands", tried.commands, drawn.JSON),
        ("names", partial(tried.names, chat), drawn.NAMES),
        ("cookies", partial(tried.cookies, chat), drawn.cookies(chat.cookie)),
        ("`next`", partial(tried.comes_back, chat), drawn.PATHS),
        ("markup", tried.markup_of, drawn.TEXTS),
    )


async def _chat(made: World) -> Chat:
    """Somebody in the Lobby and in a room of their own."""
    accounts = await populate(made.engine, random.Random(1), 1, 2, 1)
    with made.engine.begin() as conn:
        conn.execute(update(rooms).where(rooms.c.id == 2).values(creator_id=accounts[0].id))
        conn.execute(insert(memberships).values(user_id=accounts[0].id, room_id=2))
    port = made.port
    return Chat(port, *await log_in(made.url, accounts[0].login), await asyncio.to_thread(visiting, port))


def _try(check: Check, what: st.SearchStrategy[Any], seconds: float, begin: int, examples: int) -> int:
    """Check one drawn thing after the other; how many. Hypothesis makes what fails as small as it can, and shows it."""
    count, until = 0, time.monotonic() + seconds
    while not count or time.monotonic() < until:

        @seed(begin + count)
        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        @given(what)
        def once(value: Any) -> None:
            nonlocal count
            count += 1
            check(value)

        once()
    return count


if __name__ == "__main__":
    os.nice(10)
    main(prog_name="fuzzing")
