"""Measure bringing in alone: `python -m bench.bringing`."""

import statistics
import sys

import click

from bench.bringing import beside
from bench.bringing.measure import measure

MOST_TIMES, MOST_MIB, MOST_WAIT = 3.0, 300.0, 1.2


@click.command(help=__doc__)
@click.option("--messages", default=1_000_000, show_default=True, help="How many come.")
@click.option("--rounds", default=3, show_default=True, help="Rounds of each; the medians count.")
@click.option("--beside", "is_beside", is_flag=True, help="How long people wait who chat beside it, instead.")
@click.option("--seconds", default=15.0, show_default=True, help="Of each window beside it.")
def main(messages: int, rounds: int, seconds: float, *, is_beside: bool) -> None:
    is_too_much = _beside(messages, seconds) if is_beside else _alone(messages, rounds)
    if is_too_much:
        sys.exit("This is more than it may take.")


def _show(line: str) -> None:
    click.echo(line, err=True)


def _beside(messages: int, seconds: float) -> bool:
    """Whether people wait too long."""
    found = beside.measure(messages, seconds, _show)
    click.echo(f"p99 without an import: {statistics.median(found.calm):.1f} ms")
    times = {"import": found.times(found.importing), "index": found.times(found.indexing)}
    for name, each in times.items():
        click.echo(f"beside the {name}: {each:.2f} times (at most {MOST_WAIT})")
    return max(times.values()) > MOST_WAIT


def _alone(messages: int, rounds: int) -> bool:
    """Whether it takes too much time or memory."""
    found = measure(messages, rounds, _show)
    click.echo(f"{messages:,} messages of Slack, {rounds} rounds, medians")
    for name, took in found.items():
        click.echo(f"{name}: {took['seconds']:.1f} s, {took['cpu_s']:.1f} s of CPU, {took['mib']:.0f} MiB")
    times, mib = found["import"]["seconds"] / found["bare"]["seconds"], found["import"]["mib"]
    click.echo(f"times: {times:.2f} (at most {MOST_TIMES:.0f}); memory {mib:.0f} MiB (at most {MOST_MIB:.0f})")
    return times > MOST_TIMES or mib > MOST_MIB


if __name__ == "__main__":
    main()
