"""Measure search alone: `python -m bench.search --messages 1000000 --town data/town`."""

from pathlib import Path

import click

from bench import report
from bench.search import report as search_report
from bench.search.measure import PARTS, measure


@click.command(help=__doc__)
@click.option("--messages", default=10_000_000, show_default=True, help="How many are searched.")
@click.option("--town", type=click.Path(path_type=Path), help="A folder that keeps them, so that they are made once.")
@click.option("--only", type=click.Choice(PARTS), multiple=True, help="This part; as often as needed.")
@click.option("--results", type=click.Path(path_type=Path), help="A folder to write what was found to.")
def main(messages: int, town: Path | None, only: tuple[str, ...], results: Path | None) -> None:
    found = measure(messages, town, lambda line: click.echo(line, err=True), only or PARTS)
    click.echo(search_report.tables(found))
    if results:
        report.write(results, {"machine": report.machine(), "loads": {}, "search": found})


if __name__ == "__main__":
    main()
