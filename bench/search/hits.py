"""From the last key of a search until its hits are painted, in a real Chromium as slow as a cheap phone."""

import time
from contextlib import closing
from dataclasses import dataclass

import psycopg2
from playwright.sync_api import Page

from bench.support.load import Work
from bench.support.servers import parley_server
from bench.support.town import Town
from bench.turning import p50_p95, phone

ROOMS, HISTORY = 20, 2_000
# What is typed, key by key: beginnings, a word, two words, a number that a few messages have.
TYPED = ("mess", "many", "of man", "message 77", "12", "a1")
BETWEEN_KEYS_MS = 120
LOOK_S = 0.2

# Resolves with the ms from the last key to the frame behind that in which the hits of `typed` stand.
_HITS = """(typed) => new Promise((resolve) => requestAnimationFrame(function look() {
  const isAnswered = performance.getEntriesByType("resource").some(({ name, responseEnd }) => {
    const { pathname, searchParams } = new URL(name);
    return responseEnd && pathname === "/api/search" && searchParams.get("q") === typed;
  });
  const isSeen = isAnswered && document.querySelector("#search-list .hit__excerpt mark")?.checkVisibility();
  if (!isSeen) return requestAnimationFrame(look);
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => resolve(performance.now() - window.lastKey);
  port2.postMessage(null); // comes behind the frame
}))"""
_ASKED_MS = """(typed) => performance.getEntriesByType("resource").find(({ name }) =>
  new URL(name).pathname === "/api/search" && new URL(name).searchParams.get("q") === typed).duration"""
_NOTE_KEYS = "addEventListener('keydown', () => { window.lastKey = performance.now(); }, { capture: true })"


@dataclass(frozen=True, slots=True)
class HitsFigures:
    """See the module; p50 and p95 in ms, and those of the whole request over loopback, as the page sees it."""

    painted_ms: tuple[float, float]
    request_ms: tuple[float, float]


def measure(rounds: int, rooms: int = ROOMS, history: int = HISTORY) -> HitsFigures:
    """Type each of `TYPED` so often, as a member of rooms with so many messages each."""
    with parley_server(Work(members=2, writers=1)) as server:
        town = Town(server.database_url, lambda _: None)
        for _ in range(rooms):
            town.room(history=history)
        _until_indexed(server.database_url, rooms * history)
        town.settle()
        with phone(server) as page:
            page.evaluate(_NOTE_KEYS)
            _typed(page, TYPED[0])  # the box's own script comes with the first time
            found = [_typed(page, typed) for _ in range(rounds) for typed in TYPED]
    painted, asked = zip(*found, strict=True)
    return HitsFigures(p50_p95([*painted]), p50_p95([*asked]))


def _until_indexed(database_url: str, messages: int) -> None:
    with closing(psycopg2.connect(database_url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        while cursor.execute("SELECT count(*) FROM search") or cursor.fetchone()[0] < messages:
            time.sleep(LOOK_S)


def _typed(page: Page, typed: str) -> tuple[float, float]:
    """Milliseconds until the hits are painted, and those of the request."""
    page.evaluate("performance.clearResourceTimings()")
    page.keyboard.press("Control+k")
    page.wait_for_selector("#search-text")
    page.evaluate(f"(typed) => {{ window.painted = ({_HITS})(typed); }}", typed)  # it looks while the last key is down
    page.keyboard.type(typed, delay=BETWEEN_KEYS_MS)
    painted = float(page.evaluate("window.painted"))
    asked = float(page.evaluate(_ASKED_MS, typed))
    page.keyboard.press("Escape")
    page.wait_for_selector("#search", state="hidden")
    return painted, asked
