"""An export to bring in, and an admin who does."""

import asyncio
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from aiohttp import FormData

from app.transfer import lines
from tests.support.browsing import Answer, Browser
from tests.support.load import PATIENCE_S

PAGE = "/settings/import"
BEGAN = datetime(2020, 2, 29, 12, 30, tzinfo=UTC)
COUNT = 40


@pytest.fixture
def export() -> bytes:
    """A chat of two people who said `COUNT` things in one room."""
    people = [lines.Person(login, login.title(), "member", created_at=BEGAN) for login in ("olena", "cecile")]
    seats = [lines.Member(person.login, BEGAN, "all", 0) for person in people]
    room = lines.Room(1, "open", "Harbour", "", False, BEGAN, "olena", None, seats)
    said = [
        lines.Message(
            *(1, seq, UUID(int=seq, version=4), people[seq % 2].login, BEGAN + timedelta(seconds=seq)),
            *(f"number {seq}", None, None, None, []),
        )
        for seq in range(1, COUNT + 1)
    ]
    chat: list[lines.Line] = [lines.Chat(lines.FORMAT, "Old", True), *people, room, *said]
    return b"".join(msgspec.json.encode(line) + b"\n" for line in chat)


async def sent(browser: Browser, content: bytes, name: str = "chat.jsonl") -> Answer:
    """What is answered to a file that is sent by the form."""
    form = FormData()
    form.add_field("csrf_token", await token_of(browser))
    form.add_field("export", io.BytesIO(content), filename=name, content_type="application/octet-stream")
    return await browser.ask("POST", f"{PAGE}/file", data=form)


async def announced(browser: Browser, size: int, name: str = "a.zip", **of: int) -> tuple[int, dict[str, Any]]:
    """What is answered to the announcement of a file; `of` says which of how many it is."""
    headers = {"X-CSRF-Token": await token_of(browser)}
    async with browser.post("/api/import", json={"name": name, "size": size, **of}, headers=headers) as answer:
        return answer.status, await answer.json()


async def piece(browser: Browser, at: int, content: bytes) -> tuple[int, dict[str, Any]]:
    """What is answered to a piece of the file that was announced last."""
    headers = {"X-CSRF-Token": await token_of(browser), "Accept": "application/json"}
    path = f"{PAGE}/file" + (f"?at={at}" if at else "")
    async with browser.post(path, data=content, headers=headers) as answer:
        return answer.status, await answer.json()


async def pressed(browser: Browser, act: str, **fields: str) -> Answer:
    """What is answered to a button of the page, which any of its forms has a token for."""
    given = {"csrf_token": await token_of(browser), "form": "jsonl", "source": ""} | fields
    return await browser.ask("POST", f"{PAGE}/{act}", data=given)


async def token_of(browser: Browser) -> str:
    return (await browser.ask("GET", "/settings")).hidden["csrf_token"]


async def step_of(browser: Browser) -> str:
    async with browser.get("/api/import") as answer:
        assert answer.status == 200
        return str((await answer.json())["step"])


async def ended(browser: Browser) -> str:
    """How a run ended, once it has."""
    async with asyncio.timeout(PATIENCE_S):
        while (step := await step_of(browser)) == "running":  # noqa: ASYNC110 (a process has no event here)
            await asyncio.sleep(0.05)
    return step
