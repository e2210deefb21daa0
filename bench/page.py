"""The page in a real Chromium: what it weighs, when it shows, and how it stands a busy room."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bench.support.load import Load, Work
from bench.support.servers import Server, parley_server
from bench.support.town import Town
from tests.browser import chromium

LOBBY = 1
HISTORY = 1_000
RATE = 500
# "Slow 4G" as Lighthouse has it: https://github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1_638_400 / 8, "uploadThroughput": 675_000 / 8}

# Frames while it lasts; resolves to how many a second, and the longest pause between two in ms.
_FRAMES = """(ms) => new Promise((resolve) => {
  const begun = performance.now();
  let frames = 0, last = begun, longest = 0;
  requestAnimationFrame(function frame(now) {
    frames += 1;
    longest = Math.max(longest, now - last);
    last = now;
    if (now - begun < ms) requestAnimationFrame(frame);
    else resolve({ perSecond: (frames / (now - begun)) * 1000, longest });
  });
})"""
_FIRST_PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"


@dataclass(frozen=True, slots=True)
class PageFigures:
    """See the module. `first_kib` is the whole first visit with an empty cache, on the wire."""

    first_kib: float
    first_paint_ms: float
    messages_painted: int
    frames_a_second: float
    longest_frame_ms: float
    messages_a_second: float
    messages_kept: int


def measure(seconds: float) -> PageFigures:
    """Open the room on a slow network; then on a fast one, while 500 messages a second come in."""
    work = Work(members=2, writers=1, rate=RATE, warm_up_s=1, seconds=seconds)
    with parley_server(work) as server, sync_playwright() as playwright:
        Town(server.database_url, lambda _: None).fill(LOBBY, HISTORY)
        path = chromium.find(playwright.chromium.executable_path)
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        first = _first_visit(_opened(browser, server), server)
        busy = _busy(_opened(browser, server), server, work)
        browser.close()
    return PageFigures(**first, **busy)


def _opened(browser: Browser, server: Server) -> Page:
    name, _, value = server.sockets[-1][1].partition("=")
    context = browser.new_context(viewport={"width": 1180, "height": 760})
    context.add_cookies([{"name": name, "value": value, "url": _address(server)}])
    return context.new_page()


def _address(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}"


def _first_visit(page: Page, server: Server) -> dict[str, Any]:
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", SLOW_4G)
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(_address(server), wait_until="load")
    page.wait_for_selector("#presence:not([hidden])")
    figures = {
        "first_kib": sum(sizes) / 1024,
        "first_paint_ms": page.evaluate(_FIRST_PAINT),
        "messages_painted": page.locator("[data-seq]").count(),
    }
    page.context.close()  # it would receive, and draw, what the next one is measured with
    return figures


def _busy(page: Page, server: Server, work: Work) -> dict[str, Any]:
    page.goto(_address(server))
    page.wait_for_selector("#presence:not([hidden])")
    with Load(server.port, work, server.sockets) as load:
        load.go()
        begin = load.wait_for("begin")
        frames = page.evaluate(_FRAMES, work.seconds * 1000)
        end = load.wait_for("end")
    return {
        "frames_a_second": frames["perSecond"],
        "longest_frame_ms": frames["longest"],
        "messages_a_second": end["posted"] / (end["at"] - begin["at"]),
        "messages_kept": page.locator("[data-seq]").count(),
    }
