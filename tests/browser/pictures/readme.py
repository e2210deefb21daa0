"""The README's picture: `python -m tests.browser.pictures.readme`, with fonts for Chinese and emoji."""

import asyncio
import sys
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import msgspec
from playwright.async_api import expect
from sqlalchemy import insert, select, update

from app.db.schema import messages, reactions, users
from tests.browser.files.giving import choose
from tests.browser.person import Person
from tests.browser.pictures.screenshots import STORY, Stage, stage

ROOT = Path(__file__).parents[3]
PICTURE, CHART = ROOT / "docs/parley.png", ROOT / "bench/results/flat.png"
SIZE = (1180, 760)
OTHER_ROOMS = {"design": "Drawings for the new icons are up.", "releases": "1.4 is out.", "support": "All answered."}
POST = """async ([path, body]) => {
  const token = document.querySelector("[name=csrf_token]").value;
  const headers = {"Content-Type": "application/json", "X-CSRF-Token": token};
  return (await fetch(path, {method: "POST", headers, body})).json();
}"""


async def asked(person: Person, path: str, **body: Any) -> Any:
    """What the API says to the page."""
    return await person.page.evaluate(POST, [path, msgspec.json.encode(body).decode()])


async def say_elsewhere(person: Person, room: int, text: str) -> None:
    await person.page.goto(f"{person.address}/rooms/{room}")
    await person.is_up_to_date()
    await person.send(text)
    await person.sees(text)
    await person.has_all_sent()


async def furnish(bruno: Person, oksana: Person) -> None:
    """Rooms beside the Lobby, and a conversation, in which something is unread."""
    for name, text in OTHER_ROOMS.items():
        room = (await asked(bruno, "/api/rooms", name=name))["room"]["id"]
        await asked(bruno, f"/api/rooms/{room}/members", logins=["alice"])
        await say_elsewhere(bruno, room, text)
    direct = (await asked(oksana, "/api/directs", logins=["alice"]))["room"]["id"]
    await say_elsewhere(oksana, direct, "Lunch at one?")
    for person in (bruno, oksana):
        await person.come_back()


def react(scene: Stage, seq: int, emoji: str, *logins: str) -> None:
    with scene.engine.begin() as conn:
        for user_id in conn.scalars(select(users.c.id).where(users.c.login.in_(logins))):
            conn.execute(insert(reactions).values(room_id=1, seq=seq, emoji=emoji, user_id=user_id))


async def take(scene: Stage, path: Path) -> None:
    """Alice, reading what came since yesterday, with three others here and one of them typing."""
    alice = await scene.open("alice", SIZE)
    await alice.page.context.close()
    bruno, oksana, lilei = [await scene.open(login, SIZE) for login in ("bruno", "oksana", "lilei")]
    await furnish(bruno, oksana)
    scene.say(STORY.lines, read=9)
    react(scene, 8, "👍", "lilei")
    await lilei.come_back()
    await choose(lilei.page, (CHART.name, "image/png", CHART.read_bytes()))
    await lilei.send("Flat, from ten messages to ten million:")
    await lilei.has_all_sent()
    with scene.engine.begin() as conn:
        at = datetime.combine(datetime.now(UTC).date(), time(9, 54), UTC)
        conn.execute(update(messages).where(messages.c.seq > len(STORY.lines)).values(created_at=at))
    react(scene, len(STORY.lines) + 1, "🎉", "alice", "oksana")
    alice = await scene.open("alice", SIZE, scale=2)
    await expect(alice.page.locator(".presence__count")).to_have_text("4 here", timeout=20_000)  # some have just left
    await alice.page.wait_for_function("() => [...document.images].every((each) => each.complete)")
    await bruno.come_back()
    await bruno.writing.press_sequentially("Nice")
    await expect(alice.page.locator("#typing")).not_to_have_text("")
    await alice.page.mouse.move(0, 0)
    await alice.page.screenshot(path=path)


async def main(path: Path) -> None:
    async with stage() as scene:
        await take(scene, path)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE))
