"""The change of a room, from the click until its messages are painted, in a real Chromium as slow as a cheap phone.

Beside it, in the same run, what a click cost before: the load of the room's page, from a warm cache.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import quantiles

from playwright.sync_api import Page, sync_playwright

from bench.support.load import Work
from bench.support.servers import Server, parley_server
from bench.support.town import Town
from tests.browser import chromium

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
SLOWER = 4
ROOMS = 7  # as many stay in memory
HISTORY = 500

# Resolves once the messages of a room are painted, with the moment in ms since 1970.
_PAINTED = """(room) => new Promise((resolve) => requestAnimationFrame(function look() {
  const isThere = document.querySelector("#room")?.dataset.roomId === String(room);
  const isSeen = isThere && document.querySelector("#log > [data-seq]")?.checkVisibility();
  if (!isSeen) return requestAnimationFrame(look);
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => resolve(performance.timeOrigin + performance.now());
  port2.postMessage(null); // comes behind the frame
}))"""
# The same, in ms since the click.
_TURNED = f"""async (room) => {{
  const clicked = performance.timeOrigin + performance.now();
  document.querySelector(`#sidebar [href="/rooms/${{room}}"]`).click();
  return await ({_PAINTED})(room) - clicked;
}}"""
_LEFT = """(room) => {
  sessionStorage.setItem("left", performance.timeOrigin + performance.now());
  location.assign(`/rooms/${room}`);
}"""
_LAST = "() => Number(sessionStorage.getItem('left'))"


@dataclass(frozen=True, slots=True)
class TurningFigures:
    """See the module; p50 and p95 in ms: from memory, with one request for the messages, and by a load of the page."""

    memory_ms: tuple[float, float]
    request_ms: tuple[float, float]
    load_ms: tuple[float, float]


def measure(rounds: int, rooms: int = ROOMS) -> TurningFigures:
    """Turn through all rooms several times; a page that was loaded anew has none of them in memory."""
    work = Work(members=2, writers=1, rate=1, warm_up_s=1, seconds=1)
    found: dict[str, list[float]] = {"memory": [], "request": [], "load": []}
    with parley_server(work) as server:
        town = Town(server.database_url, lambda _: None)
        ids = [town.room(history=HISTORY) for _ in range(rooms)]
        with phone(server) as page:
            for _ in range(rounds):
                found["load"] += [_loaded(page, room) for room in ids]
                page.goto(f"http://127.0.0.1:{server.port}/rooms/1")
                page.wait_for_selector("#presence:not([hidden])")
                found["request"] += [_turned(page, room) for room in ids]
                found["memory"] += [_turned(page, room) for room in ids]
    return TurningFigures(**{f"{name}_ms": p50_p95(times) for name, times in found.items()})


@contextmanager
def phone(server: Server) -> Iterator[Page]:
    """The page of the last of those who have a socket, live, in a Chromium that is as slow as a cheap phone."""
    name, _, value = server.sockets[-1][1].partition("=")
    address = f"http://127.0.0.1:{server.port}"
    with sync_playwright() as playwright:
        path = chromium.find(playwright.chromium.executable_path)
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_context(**PHONE).new_page()  # type: ignore[arg-type]
        page.context.add_cookies([{"name": name, "value": value, "url": address}])
        page.goto(address)
        page.wait_for_selector("#presence:not([hidden])")
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        yield page
        browser.close()


def _turned(page: Page, room: int) -> float:
    return float(page.evaluate(_TURNED, room))


def _loaded(page: Page, room: int) -> float:
    with page.expect_navigation(url=f"**/rooms/{room}", wait_until="commit"):
        page.evaluate(_LEFT, room)
    painted = float(page.evaluate(_PAINTED, room))
    page.wait_for_selector("#presence:not([hidden])")
    return painted - float(page.evaluate(_LAST))


def p50_p95(times: list[float]) -> tuple[float, float]:
    """The median of some times, and what nineteen of twenty do not exceed."""
    parts = quantiles(times, n=20, method="inclusive")
    return round(parts[9], 1), round(parts[18], 1)
