"""A whole team signs up in the same moment, from one address: how long until each of them is in.

    python -m bench.starts.entering [--people 50]

Each has opened the form, as a browser does; all send it at once, and each is in when their first page has come. An
administrator who is there already loads a page all the time.
"""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import click

from tests.shipping.visiting import Elsewhere
from tests.support.browsing import PASSWORD, Answer, Browser
from tests.support.processes import parley

PAUSE_S = 0.05


@dataclass(frozen=True, slots=True)
class Entering:
    """Seconds: until each person was in, and for each page of the one who was there."""

    in_s: list[float]
    page_s: list[float]


def measure(people: int) -> Entering:
    """Start a Parley with nobody in it, and let so many people enter."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o711)  # the account of PostgreSQL passes through
        with parley(Path(name) / "data", LOG_LEVEL="error") as running:
            running.until_ready()
            return asyncio.run(_enter(f"http://127.0.0.1:{running.port}", people))


async def _enter(url: str, people: int) -> Entering:
    admin, *others = browsers = [Browser(Elsewhere(url)) for _ in range(people + 1)]
    try:
        await admin.sign_up("admin1")
        forms = [await each.ask("GET", "/signin") for each in others]
        page_s: list[float] = []
        looking = asyncio.create_task(_look(admin, page_s))
        in_s = await asyncio.gather(
            *(_sign_up(each, form, f"person{n}") for n, (each, form) in enumerate(zip(others, forms, strict=True)))
        )
        looking.cancel()
        return Entering(sorted(in_s), sorted(page_s))
    finally:
        for each in browsers:
            await each.close()


async def _sign_up(person: Browser, form: Answer, login: str) -> float:
    """Seconds until the first page is there."""
    begun = time.monotonic()
    passwords = {"password": PASSWORD, "password2": PASSWORD}
    answer = await person.ask("POST", "/signin", data={**form.hidden, "login": login, **passwords})
    assert answer.status == 303, answer.text
    assert (await person.ask("GET", "/")).status == 200
    return time.monotonic() - begun


async def _look(person: Browser, page_s: list[float]) -> None:
    """Load the page again and again; endless."""
    while True:
        begun = time.monotonic()
        await person.ask("GET", "/")
        page_s.append(time.monotonic() - begun)
        await asyncio.sleep(PAUSE_S)


@click.command(help=__doc__)
@click.option("--people", default=50, show_default=True)
def main(people: int) -> None:
    found = measure(people)
    first, half, last = found.in_s[0], median(found.in_s), found.in_s[-1]
    p50, p99 = (found.page_s[int(len(found.page_s) * cut)] * 1000 for cut in (0.5, 0.99))
    print(f"{people} people are in: the first after {first:.1f} s, half after {half:.1f} s, all after {last:.1f} s")
    print(f"{len(found.page_s)} pages of somebody who was there: p50 {p50:.0f} ms, p99 {p99:.0f} ms")


if __name__ == "__main__":
    main()
