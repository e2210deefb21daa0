"""History as JSON: by keyset, in both directions, for members; and the part of it that a page brings."""

import asyncio
import re
import time
import uuid

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, insert, text, update

from app.db.schema import memberships, messages, rooms
from tests.chat.conftest import Join, Member
from tests.chat.markup.test_markup import HOSTILE
from tests.support.browsing import Open


async def seqs(member: Member, **query: int) -> list[int]:
    return [message["seq"] for message in (await member.history(**query))["messages"]]


async def test_history_comes_by_keyset_in_both_directions(join: Join) -> None:
    alice = await join("alice")
    for number in range(1, 121):
        await alice.socket.post(f"number {number}")
    await alice.socket.until("message", seq=120)

    assert await seqs(alice) == list(range(71, 121))
    assert await seqs(alice, before=71) == list(range(21, 71))
    assert await seqs(alice, before=21) == list(range(1, 21))
    assert await seqs(alice, before=1) == []
    assert await seqs(alice, after=100) == list(range(101, 121))
    assert await seqs(alice, after=120) == []
    assert await seqs(alice, around=60, limit=5) == [58, 59, 60, 61, 62]
    assert await seqs(alice, limit=1) == [120]
    assert await seqs(alice, limit=200) == list(range(1, 121))
    page = await alice.history(limit=1)
    assert (page["last_seq"], page["last_rev"]) == (120, 120)
    assert page["messages"][0]["text"] == "number 120"


async def test_others_have_their_turn_while_a_page_of_dear_messages_is_read(join: Join, database: Engine) -> None:
    alice = await join("alice")
    write(database, [f"{HOSTILE['numbers'][:3_900]} {number}" for number in range(200)])
    begun = last = time.thread_time()
    longest = 0.0

    async def measure_turns() -> None:
        """CPU time of this thread: what else the machine does is not in it."""
        nonlocal last, longest
        while True:
            now = time.thread_time()
            last, longest = now, max(longest, now - last)
            await asyncio.sleep(0)

    measuring = asyncio.create_task(measure_turns())
    page = await alice.history(limit=200)
    measuring.cancel()

    assert all("<ol>" in message["html"] for message in page["messages"])
    assert longest < (time.thread_time() - begun) / 4


def write(database: Engine, bodies: list[str]) -> None:
    with database.begin() as conn:
        new = [
            {"room_id": 1, "seq": n, "rev": n, "author_id": 1, "client_id": uuid.uuid4(), "body": body}
            for n, body in enumerate(bodies, 1)
        ]
        conn.execute(insert(messages), new)
        conn.execute(update(rooms).values(last_seq=len(new), last_rev=len(new)))


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "before=-1", "before=1.5", "after=" + "9" * 30, "before=1&after=2"]
)
async def test_a_wrong_parameter_gets_a_sentence(join: Join, query: str) -> None:
    alice = await join("alice")

    async with alice.browser.get(f"/api/rooms/1/messages?{query}") as answer:
        assert answer.status == 400
        error = (await answer.json())["error"]
    assert error["code"] == "bad_command"
    assert error["message"].endswith(".")


async def test_the_page_brings_the_first_unread_message_in_its_context_and_its_line(
    join: Join, database: Engine
) -> None:
    alice, bob = await join("alice"), await join("bob")
    for number in range(1, 121):
        await alice.socket.posted(f"number {number}")

    async def page(read: int, path: str = "/rooms/1") -> tuple[int, int, int | None]:
        with database.begin() as conn:
            conn.execute(update(memberships).where(memberships.c.user_id == bob.author["id"]).values(read_seq=read))
        text = (await bob.browser.ask("GET", path)).text
        found = [int(seq) for seq in re.findall(r'<article class="message" data-seq="(\d+)"', text)]
        line = re.search(r'divider--new.*?data-seq="(\d*)"', text, re.DOTALL)
        return found[0], found[-1], int(line[1]) if line and line[1] else None

    assert await page(120) == (71, 120, None)
    assert await page(110) == (71, 120, 111)
    assert await page(40) == (16, 65, 41)
    assert await page(0) == (1, 25, 1)
    assert await page(40, "/rooms/1/100") == (75, 120, None)


async def test_a_day_leads_to_its_first_message(join: Join, database: Engine) -> None:
    alice = await join("alice")
    for number in range(1, 31):
        await alice.socket.posted(f"number {number}")
    with database.begin() as conn:  # three a day
        when = text("timestamptz '2026-01-01 08:00Z' + (seq - 1) / 3 * interval '1 day' + seq * interval '1 second'")
        conn.execute(update(messages).values(created_at=when))

    async def at(query: str) -> str:
        return (await alice.browser.ask("GET", f"/rooms/1/at?{query}")).location

    assert await at("day=2026-01-01") == "/rooms/1/1"
    assert await at("day=2025-12-31") == "/rooms/1/1"
    assert await at("day=2026-01-04") == "/rooms/1/10"
    assert await at("day=2026-01-04&time=2026-01-04T08:00:11Z") == "/rooms/1/11"
    assert await at("day=2026-01-09&time=2026-01-08T23:00:00.000Z") == "/rooms/1/25"
    assert await at("day=2027-01-01") == "/rooms/1/30"
    for nonsense in ("", "day=", "day=yesterday", "time=12"):
        assert (await alice.browser.ask("GET", f"/rooms/1/at?{nonsense}")).status == 400
    assert (await alice.browser.ask("GET", "/rooms/99/at?day=2026-01-01")).status == 403


async def test_a_day_in_an_empty_room_leads_to_its_beginning(join: Join) -> None:
    alice = await join("alice")

    assert (await alice.browser.ask("GET", "/rooms/1/at?day=2026-01-01")).location == "/rooms/1/1"


async def test_strangers_get_no_history_and_no_socket(server: TestServer, open_browser: Open) -> None:
    stranger = open_browser(server)
    answer = await stranger.ask("GET", "/api/rooms/1/messages")
    assert (answer.status, "not_logged_in" in answer.text) == (401, True)
    assert (await stranger.ask("GET", "/ws")).status == 401
    answer = await stranger.ask("GET", "/")
    assert (answer.status, answer.location.startswith("/login")) == (303, True)


async def test_a_room_that_does_not_exist_is_like_one_of_others(join: Join) -> None:
    alice = await join("alice")

    for room in ("99", "999999999999999999"):
        assert (await alice.browser.ask("GET", f"/api/rooms/{room}/messages")).status == 403
        assert (await alice.browser.ask("GET", f"/rooms/{room}")).status == 403
        assert (await alice.browser.ask("GET", f"/rooms/{room}/1")).status == 403
    for room in ("0", "x", "1.5", "99999999999999999999"):
        assert (await alice.browser.ask("GET", f"/api/rooms/{room}/messages")).status == 404
