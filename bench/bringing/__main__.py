"""Measure bringing in alone: `python -m bench.bringing`."""

import sys

import click

from bench.bringing.measure import measure

MOST_TIMES, MOST_MIB = 3.0, 300.0


@click.command(help=__doc__)
@click.option("--messages", default=1_000_000, show_default=True, help="How many come.")
@click.option("--rounds", default=3, show_default=True, help="Rounds of each; the medians count.")
def main(messages: int, rounds: int) -> None:
    found = measure(messages, rounds, lambda line: click.echo(line, err=True))
    click.echo(f"{messages:,} messages of Slack, {rounds} rounds, medians")
    for name, took in found.items():
        click.echo(f"{name}: {took['seconds']:.1f} s, {took['cpu_s']:.1f} s of CPU, {took['mib']:.0f} MiB")
    times, mib = found["import"]["seconds"] / found["bare"]["seconds"], found["import"]["mib"]
    click.echo(f"times: {times:.2f} (at most {MOST_TIMES:.0f}); memory {mib:.0f} MiB (at most {MOST_MIB:.0f})")
    if times > MOST_TIMES or mib > MOST_MIB:
        sys.exit("This is more than it may take.")


if __name__ == "__main__":
    main()
