"""A whole team signs up in the same moment, from one address: how long until each of them is in.

    python -m bench.starts.entering [--people 50]

Each has opened the form, as a browser does; all send it at once, and each is in when their first page has come. An
administrator who is there already loads a page all the time.
"""

import asyncio
import re
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import click
from aiohttp import ClientSession, ClientTimeout, CookieJar

from tests.support.processes import parley

PASSWORD = "correct horse 9"
LIMIT = ClientTimeout(total=120)
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
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
    async with AsyncExitStack() as stack:
        browsers = []
        for _ in range(people + 1):
            jar = CookieJar(unsafe=True)
            browsers.append(await stack.enter_async_context(ClientSession(url, cookie_jar=jar, timeout=LIMIT)))
        admin, *others = browsers
        await _sign_up(admin, await _form(admin), "admin1")
        forms = [await _form(each) for each in others]
        page_s: list[float] = []
        looking = asyncio.create_task(_look(admin, page_s))
        in_s = await asyncio.gather(
            *(_sign_up(each, form, f"person{n}") for n, (each, form) in enumerate(zip(others, forms, strict=True)))
        )
        looking.cancel()
        return Entering(sorted(in_s), sorted(page_s))


async def _form(http: ClientSession) -> str:
    """The token of the form to sign up."""
    async with http.get("/signin") as page:
        found = TOKEN.search(await page.text())
    assert found is not None
    return found[1]


async def _sign_up(http: ClientSession, token: str, login: str) -> float:
    """Seconds until the first page is there."""
    begun = time.monotonic()
    fields = {"csrf_token": token, "login": login, "password": PASSWORD, "password2": PASSWORD}
    async with http.post("/signin", data=fields) as page:
        await page.read()
        assert (page.status, page.url.path) == (200, "/"), (page.status, page.url)
    return time.monotonic() - begun


async def _look(http: ClientSession, page_s: list[float]) -> None:
    """Load the page again and again; endless."""
    while True:
        begun = time.monotonic()
        async with http.get("/") as page:
            await page.read()
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
