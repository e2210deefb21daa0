"""The promise under faults: processes, connections and PostgreSQL die while people post, and nobody loses anything."""

import random
from pathlib import Path

from tests.faults.run.nemesis import Fault
from tests.faults.run.run import Settings, run

FAULTS = (
    *[Fault.KILL, Fault.KILL_WAITING] * 5,
    *[Fault.BACKENDS, Fault.BACKENDS_WAITING] * 5,
    Fault.CRASH,
    *[Fault.ROLL] * 2,
)


async def test_twenty_thousand_messages_through_faults_arrive_once_and_in_order(open_folder: Path) -> None:
    seed = random.SystemRandom().getrandbits(32)
    settings = Settings(seed=seed, messages=20_000, faults=FAULTS, clients=30, rooms=5, rooms_each=3, processes=3)

    outcome = await run(settings, open_folder, print)

    assert outcome.verdict.is_clean, outcome.verdict.sentences
    assert outcome.verdict.acked >= 20_000
    assert min(outcome.verdict.carried, outcome.verdict.read, outcome.verdict.denied) > 0, outcome.verdict
    assert len(outcome.strikes) == len(FAULTS)
