"""Measure files alone: `python -m bench.files --only alone`."""

import sys
from pathlib import Path

import click

from bench import report as bench_report
from bench.files import report
from bench.files.measure import PARTS, measure


@click.command(help=__doc__)
@click.option("--only", type=click.Choice(PARTS), multiple=True, help="This part; as often as needed.")
@click.option("--rounds", default=5, show_default=True, help="Rounds of each kind; the medians count.")
@click.option("--results", type=click.Path(path_type=Path), help="A folder to write what was found to.")
def main(only: tuple[str, ...], rounds: int, results: Path | None) -> None:
    found = measure(rounds, lambda line: click.echo(line, err=True), only or PARTS)
    click.echo("\n".join(report.lines(found)))
    if results:
        bench_report.write(results, {"machine": bench_report.machine(), "loads": {}, "files": found})
    if wrong := report.guard(found):
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
