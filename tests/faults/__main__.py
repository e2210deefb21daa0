"""Torture Parley: post, kill whatever can be killed, and judge that nothing was lost, doubled or put out of order.

make torture ARGS="--messages 100000 --kills 10"
"""

import asyncio
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

import click

from tests.faults.fuzzing.__main__ import fuzz_minutes
from tests.faults.hostile.__main__ import hostile_minutes
from tests.faults.run import report
from tests.faults.run.nemesis import Fault
from tests.faults.run.run import Outcome, Settings, run

VISITORS = 2


@click.command(help=__doc__)
@click.option("--messages", default=1_000_000, show_default=True, help="Acknowledged messages, at least.")
@click.option("--kills", default=100, show_default=True, help="kill -9 of a process; half while its statement waits.")
@click.option("--backends", default=100, show_default=True, help="Times that backends are terminated, likewise.")
@click.option("--restarts", default=20, show_default=True, help="Immediate restarts of PostgreSQL.")
@click.option("--rolls", default=10, show_default=True, help="Rolling restarts of all processes.")
@click.option("--redis-kills", default=50, show_default=True, help="kill -9 of Redis, where it is the bus.")
@click.option("--clients", default=200, show_default=True)
@click.option("--rooms", default=20, show_default=True)
@click.option("--rooms-each", default=2, show_default=True, help="Rooms that a person is a member of, at most.")
@click.option("--processes", default=3, show_default=True)
@click.option("--rate", default=1_000.0, show_default=True, help="Messages a second that all clients write together.")
@click.option("--changes", default=0.05, show_default=True, help="Edits, deletions and reactions for each message.")
@click.option("--files", default=0.01, show_default=True, help="How often a message carries files.")
@click.option("--bus", type=click.Choice(["postgres", "redis", "both"]), default="both", show_default=True)
@click.option("--release", metavar="COMMIT", help="Begin with its code, and update in the middle; people load pages.")
@click.option("--hostile", default=10.0, show_default=True, help="Minutes of attacks by members and strangers.")
@click.option(
    "--fuzzing", default=60.0, show_default=True, help="Seconds for each kind of nonsense that is sent, last."
)
@click.option("--hours", default=0.0, help="Begin again, with the next seed, until so much time has passed.")
@click.option("--seed", type=int, help="What decides everything that is random; chosen and printed when not given.")
@click.option("--data", type=click.Path(path_type=Path), default="/var/tmp", show_default=True, help="Where to work.")
@click.option(
    "--output", type=click.Path(path_type=Path), default="torture", show_default=True, help="For the figures."
)
def main(
    bus: str,
    changes: float,
    files: float,
    fuzzing: float,
    hours: float,
    hostile: float,
    release: str | None,
    seed: int | None,
    data: Path,
    output: Path,
    **amounts: int,
) -> None:
    deadline = time.monotonic() + hours * 3600
    seed = random.SystemRandom().getrandbits(32) if seed is None else seed
    runs: list[tuple[Settings, Outcome]] = []
    while not runs or time.monotonic() < deadline:
        for carrier in ("postgres", "redis") if bus == "both" else (bus,):
            settings = settings_of(seed, carrier, changes, files, release, **amounts)
            runs.append((settings, once(settings, data)))
            report.write(output, runs)
        seed += 1
    click.echo(f"\n{(output / 'figures.md').read_text()}\nFigures and picture are in {output}/.")
    is_good = not hostile or hostile_minutes(hostile, data)
    is_sane = not fuzzing or fuzz_minutes(fuzzing, data, seed)
    if not is_good or not is_sane or not all(outcome.verdict.is_clean for _, outcome in runs):
        sys.exit(1)


def settings_of(seed: int, bus: str, changes: float, files: float, release: str | None, **amounts: int) -> Settings:
    def halves(count: int, plain: Fault, waiting: Fault) -> list[Fault]:
        return [plain] * (count - count // 2) + [waiting] * (count // 2)

    faults = (
        *halves(amounts["kills"], Fault.KILL, Fault.KILL_WAITING),
        *halves(amounts["backends"], Fault.BACKENDS, Fault.BACKENDS_WAITING),
        *[Fault.CRASH] * amounts["restarts"],
        *[Fault.ROLL] * amounts["rolls"],
        *[Fault.REDIS] * (amounts["redis_kills"] if bus == "redis" else 0),
        *[Fault.UPDATE] * (release is not None),
    )
    return Settings(
        seed=seed,
        messages=amounts["messages"],
        faults=faults,
        clients=amounts["clients"],
        rooms=amounts["rooms"],
        rooms_each=amounts["rooms_each"],
        processes=amounts["processes"],
        posts_per_s=amounts["rate"],
        changes=changes,
        files=files,
        bus=bus,
        release=release,
        visitors=0 if release is None else VISITORS,
    )


def once(settings: Settings, data: Path) -> Outcome:
    """One run in a folder of its own, which stays when something was wrong."""
    folder = Path(tempfile.mkdtemp(prefix="parley-torture-", dir=data))
    folder.chmod(0o711)  # the account of PostgreSQL passes through
    click.echo(f"{settings.messages:,} messages and {len(settings.faults)} faults over {settings.bus}, in {folder}")
    begun = time.monotonic()

    def show(what: str) -> None:
        click.echo(f"{time.monotonic() - begun:7.1f} s  {what}")

    outcome = asyncio.run(run(settings, folder, show))
    show(str(outcome.verdict))
    for sentence in outcome.verdict.sentences:
        click.echo(sentence)
    if outcome.verdict.is_clean:
        shutil.rmtree(folder)
    return outcome


if __name__ == "__main__":
    main(prog_name="torture")
