"""The promise while the code is changed: the release before and this one serve side by side, on one database."""

import asyncio
import random
import subprocess
from pathlib import Path

import pytest

from tests.faults.client.plan import Person
from tests.faults.run.nemesis import Fault
from tests.faults.run.run import Settings, run
from tests.faults.run.visitor import visits
from tests.support.load import PATIENCE_S
from tests.support.processes import ROOT, free_port, parley


def before_the_last_migration() -> str:
    """The newest commit whose tables are others than ours."""
    words = ["git", "log", "-1", "--diff-filter=A", "--format=%H^", "--", "migrations/versions"]
    found = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    if not (commit := found.stdout.strip()):
        pytest.skip("there is no history of the code here")
    return commit


async def test_an_update_loses_nothing_and_shows_nobody_an_error(bare_folder: Path) -> None:
    settings = Settings(
        seed=random.SystemRandom().getrandbits(32),
        messages=2_500,
        faults=(Fault.UPDATE,),
        clients=20,
        rooms=4,
        rooms_each=3,
        processes=2,
        release=before_the_last_migration(),
        visitors=1,
        durable=False,
    )

    outcome = await run(settings, bare_folder, print)

    assert outcome.verdict.is_clean, outcome.verdict.sentences
    assert [strike.fault for strike in outcome.strikes] == [Fault.UPDATE]


async def first_trouble(port: int) -> tuple[str, int]:
    """Of somebody whose session has ended; and how often they were answered till then."""
    nobody = Person(1, 1, "nothing", "", [1], [], is_sluggish=False, naps=False)
    async with asyncio.timeout(PATIENCE_S), visits(f"http://127.0.0.1:{port}", [nobody]) as visitors:
        while not visitors[0].troubles:  # noqa: ASYNC110 (it goes on for ever, and tells nobody)
            await asyncio.sleep(0.01)
        return next(iter(visitors[0].troubles)), visitors[0].visits


async def test_a_visitor_names_what_a_person_calls_an_error(used_folder: Path) -> None:
    assert await first_trouble(free_port()) == ("GET /: ClientConnectorError", 0)

    with parley(used_folder) as running:
        running.until_ready()
        assert await first_trouble(running.port) == ("GET /: 200 /login", 1)
