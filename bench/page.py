"""The page in a real Chromium: what it weighs, when it shows, how it stands a busy room, and how soon it has hits."""

from dataclasses import dataclass
from statistics import median
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
# From the last key of a word until its hits are painted: after the answer to it has come, and the list has changed.
_HITS = """(word) => new Promise((resolve) => {
  const [input, list] = ["search-text", "search-list"].map((id) => document.getElementById(id));
  let pressed = 0, changed = 0;
  input.addEventListener("keydown", ({ timeStamp }) => (pressed = timeStamp));
  new MutationObserver(() => (changed = performance.now())).observe(list, { childList: true });
  const answer = () => performance.getEntriesByType("resource").findLast(
    ({ name, startTime }) => startTime > pressed && new URL(name).searchParams.get("q") === word);
  requestAnimationFrame(function look() {
    const { responseEnd = Infinity } = answer() ?? {};
    if (changed >= responseEnd && list.querySelector(".hit")) setTimeout(() => resolve(performance.now() - pressed));
    else requestAnimationFrame(look);
  });
})"""
_UNTIL_INDEXED = """async () => {
    const hits = async () => (await (await fetch('/api/search?q=message')).json()).hits.length;
    while (await hits() === 0) await new Promise((done) => setTimeout(done, 500));
}"""
WORDS = ("of", "many", "message")
SLOWER = 4  # as a cheap phone
PAUSE_MS = 120  # between keys
_FIRST_PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"


@dataclass(frozen=True, slots=True)
class PageFigures:
    """See the module. `first_kib` is the whole first visit with an empty cache, on the wire; `hits_ms` goes from
    the last key of a word until its hits are painted, on a processor that is four times as slow.
    """

    first_kib: float
    first_paint_ms: float
    messages_painted: int
    frames_a_second: float
    longest_frame_ms: float
    messages_a_second: float
    messages_kept: int
    hits_ms: float
    slowest_hits_ms: float


def measure(seconds: float) -> PageFigures:
    """Open the room on a slow network; then on a fast one, to search, and while 500 messages a second come in."""
    work = Work(members=2, writers=1, rate=RATE, warm_up_s=1, seconds=seconds)
    with parley_server(work) as server, sync_playwright() as playwright:
        Town(server.database_url, lambda _: None).fill(LOBBY, HISTORY)
        path = chromium.find(playwright.chromium.executable_path)
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        first = _first_visit(_opened(browser, server), server)
        searched = _searched(_opened(browser, server), server)
        busy = _busy(_opened(browser, server), server, work)
        browser.close()
    return PageFigures(**first, **busy, **searched)


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


def _searched(page: Page, server: Server) -> dict[str, Any]:
    page.goto(_address(server))
    page.wait_for_selector("#presence:not([hidden])")
    page.evaluate(_UNTIL_INDEXED)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    times = [_until_hits(page, word) for word in WORDS * 3]
    page.context.close()
    return {"hits_ms": median(times), "slowest_hits_ms": max(times)}


def _until_hits(page: Page, word: str) -> float:
    page.keyboard.press("Control+k")
    waiting = page.evaluate_handle(f"(word) => ({{ done: ({_HITS})(word) }})", word)
    page.keyboard.type(word, delay=PAUSE_MS)
    taken = float(waiting.evaluate("({ done }) => done"))
    page.keyboard.press("Escape")
    page.wait_for_timeout(2_000)  # nobody searches as fast as that for long
    return taken
