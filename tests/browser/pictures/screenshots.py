"""Pictures of the real page, in every size, theme and state: `python -m tests.browser.pictures.screenshots OUT`."""

import argparse
import asyncio
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime, time, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import msgspec
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, async_playwright
from sqlalchemy import Engine, NullPool, create_engine, delete, insert, make_url, select, update

from app.auth import BCRYPT_COST
from app.db import migrate
from app.db.embedded import embedded
from app.db.schema import memberships, messages, rooms, users
from app.main import make_app
from tests.browser import chromium
from tests.browser.person import Person
from tests.conftest import make_config

SIZES = ((1180, 760), (500, 844), (320, 640), (1920, 1080))
PHONE = (412, 823)  # with a finger
THEMES = ("light", "dark")
MARKS = "".join(chr(0x300 + number) for number in range(48))

Line = tuple[str, int, str, str]  # who, how many days ago, at what time, what


class Story(msgspec.Struct, frozen=True):
    """What is said, and the names of those who say it, by login."""

    people: dict[str, str]
    lines: list[Line]


STORY = msgspec.json.decode(Path(__file__).with_name("story.json").read_bytes(), type=Story)
EXTREMES: list[Line] = [
    ("longest", 0, "10:00:00", "A short message under a very long name."),
    ("noam", 0, "10:01:00", "שלום לכולם! האם אפשר לכתוב כאן גם בעברית? כן, וגם english באמצע המשפט."),
    ("noam", 0, "10:02:00", "A left-to-right line from the same person, for comparison.\nושורה מימין לשמאל."),
    ("noam", 0, "10:02:20", "**hello**\nשלום עולם.\n- אחד\n- two\n> ציטוט.\n`x = 1` שלום"),
    ("noam", 0, "10:02:40", "W" + MARKS + " is one letter; Ằ, עִבְרִית, ที่นี้ and བསྒྲུབས are letters, too."),
    ("bruno", 0, "10:03:00", "🎉"),
    ("bruno", 0, "10:03:30", "👩‍👩‍👧 🇺🇦 👍🏽"),
    ("alice", 0, "10:04:00", "https://example.org/" + "a-very-long-path/" * 12 + "?and=a&query=too"),
    ("alice", 0, "10:05:00", "w" * 300),
    ("oksana", 0, "10:06:00", "    indented\n\n\tand tabbed,\nwith an empty line"),
    ("lilei", 0, "10:07:00", ("这是一条很长的消息，用来看看四千个字符是什么样子。" * 170)[:4000]),
    ("bruno", 0, "10:20:00", "And one line after it."),
]
FIVE_HUNDRED: list[Line] = [
    (("alice", "bruno", "oksana", "lilei")[number // 3 % 4], 1, str(time(8 + number // 60, number % 60)), str(number))
    for number in range(500)
]


class Stage:
    """The application with people in it, and what they have said."""

    def __init__(self, chrome: Browser, server: TestServer, engine: Engine) -> None:
        self._chrome = chrome
        self._server = server
        self._address = f"http://127.0.0.1:{server.port}"
        self.engine = engine
        self._sessions: dict[str, Any] = {}

    async def open(
        self, login: str, size: tuple[int, int], theme: str = "light", scale: float = 1, **options: Any
    ) -> Person:
        """The chat page of somebody; the account is made at the first time."""
        context = await self._chrome.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=theme,
            device_scale_factor=scale,
            locale="en-GB",
            timezone_id="UTC",
            storage_state=self._sessions.get(login),
            **options,
        )
        person = Person(await context.new_page(), self._address)
        if login in self._sessions:
            await person.page.goto(self._address)
            await person.is_up_to_date()
        else:
            await person.join(self._server, login, STORY.people[login])
            self._sessions[login] = await context.storage_state()
        return person

    def say(self, lines: Sequence[Line], read: int | None = None) -> None:
        """Nothing but these lines has been said in the Lobby, of which `read` are read; all of them, if not given."""
        with self.engine.begin() as conn:
            ids = {row.login: row.id for row in conn.execute(select(users.c.login, users.c.id))}
            conn.execute(delete(messages).where(messages.c.room_id == 1))
            rows = [self._row(ids, seq, line) for seq, line in enumerate(lines, 1)]
            if rows:
                conn.execute(insert(messages), rows)
            conn.execute(update(rooms).where(rooms.c.id == 1).values(last_seq=len(rows), last_rev=len(rows)))
            marked = update(memberships).where(memberships.c.room_id == 1)
            conn.execute(marked.values(read_seq=len(rows) if read is None else read))

    def _row(self, ids: dict[str, int], seq: int, line: Line) -> dict[str, Any]:
        login, days, clock, body = line
        day = datetime.now(UTC).date() - timedelta(days=days)
        moment = datetime.combine(day, time.fromisoformat(clock), UTC)
        return {"room_id": 1, "seq": seq, "rev": seq, "author_id": ids[login], "client_id": uuid.uuid4()} | {
            "body": body,
            "created_at": moment,
        }


@contextmanager
def database() -> Iterator[Engine]:
    """An engine on a migrated database that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="parley-pictures-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        with embedded.running(folder / "server", print, connections=50, settings=embedded.THROW_AWAY) as server:
            migrate.upgrade(server.url, print)
            yield create_engine(make_url(server.url).set(drivername="postgresql+psycopg2"), poolclass=NullPool)


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    """A server of its own on a database of its own, gone in the end."""
    async with AsyncExitStack() as stack:
        engine = stack.enter_context(database())
        app = make_app(make_config(engine))
        app[BCRYPT_COST] = 4
        server = await stack.enter_async_context(TestServer(app))
        playwright = await stack.enter_async_context(async_playwright())
        path = chromium.find(playwright.chromium.executable_path)
        chrome = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        stack.push_async_callback(chrome.close)
        yield Stage(chrome, server, engine)


async def contact_set(stage: Stage, out: Path) -> None:
    for size, theme in product(SIZES, THEMES):
        name = f"{size[0]}-{theme}"
        for scene, lines, read in (
            ("empty", [], 0),
            ("story", STORY.lines, 9),
            ("extremes", EXTREMES, None),
            ("long", EXTREMES[:-1], None),
            ("names", EXTREMES[:7], None),
            ("five-hundred", FIVE_HUNDRED, 480),
        ):
            stage.say(lines, read)
            alice = await stage.open("alice", size, theme)
            await alice.page.screenshot(path=out / f"{name}-{scene}.png")
            if scene == "story":
                await states(alice.page, out, name)
            await alice.page.context.close()


async def media(stage: Stage, out: Path) -> None:
    """On paper, in the system's colours, and under a finger."""
    stage.say(STORY.lines + EXTREMES, len(STORY.lines))
    for theme in THEMES:
        alice = await stage.open("alice", SIZES[0], theme)
        await alice.page.emulate_media(media="print")
        await alice.page.screenshot(path=out / f"print-{theme}.png", full_page=True)
        if theme == "light":
            await alice.page.pdf(path=out / "print.pdf", format="A4")
        await alice.page.context.close()
        alice = await stage.open("alice", SIZES[0], theme, forced_colors="active")
        await alice.page.screenshot(path=out / f"forced-{theme}.png")
        for path in ("settings", "people"):
            await alice.page.goto(f"{alice.address}/{path}")
            await alice.page.screenshot(path=out / f"forced-{theme}-{path}.png")
        await alice.page.context.close()
        alice = await stage.open("alice", PHONE, theme, is_mobile=True, has_touch=True)
        await alice.page.locator(".message__author").last.tap()
        await alice.page.screenshot(path=out / f"phone-{theme}-tapped.png")
        await states(alice.page, out, f"phone-{theme}")
        await alice.page.context.close()


async def states(page: Page, out: Path, name: str) -> None:
    """What opens, and what goes wrong."""

    async def take(state: str) -> None:
        await page.wait_for_timeout(250)
        await page.screenshot(path=out / f"{name}-{state}.png")

    is_narrow = await page.locator("#drawer-open").is_visible()
    if is_narrow:
        await page.click("#drawer-open")
        await take("drawer")
    await page.click("[popovertarget=settings]")
    await take("settings")
    if await page.locator("#keys-open").is_visible():  # not where there is no keyboard
        await page.click("#keys-open")
        await take("keys")
    await page.keyboard.press("Escape")
    if is_narrow:
        await page.keyboard.press("Escape")
    await page.click("#presence")
    await take("people")
    await page.keyboard.press("Escape")
    await page.click("[popovertarget=jump]")
    await take("jump")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+k")
    await take("search")
    await page.keyboard.press("Escape")
    await page.fill("#text", "A draft that is\nseveral lines\nlong. " + "x" * 3990)
    await take("draft")
    await page.fill("#text", "")


async def main(out: Path) -> None:
    async with stage() as scene:
        for login in STORY.people:
            await (await scene.open(login, SIZES[0])).page.context.close()
        await media(scene, out)
        await contact_set(scene, out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(arguments.out))
