"""An export of Slack's shape, of any size: people, rooms, threads, reactions, texts with and without markup."""

import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

BEGAN, DAY_MESSAGES = 1_600_000_000, 33
_WORDS = [f"word{n}" for n in range(5_000)]
_PROFILE = {
    "avatar_hash": "x",
    "image_72": "https://a.example.org/c",
    "real_name": "P",
    "display_name": "",
    "name": "p",
}


def write(path: Path, messages: int, *, people: int = 1_000, rooms: int = 300) -> None:
    """Write so many messages, the same ones each time."""
    chance = random.Random(5)
    channels = [_channel(chance, n, people) for n in range(rooms)]
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=1) as packed:
        packed.writestr("users.json", json.dumps([_person(n) for n in range(people)]))
        packed.writestr("channels.json", json.dumps(channels))
        for channel in channels:
            said = [*_said(chance, messages // rooms, people)]
            for day, begin in enumerate(range(0, len(said), DAY_MESSAGES)):
                name = f"{channel['name']}/{date(2020, 1, 1) + timedelta(day)}.json"
                packed.writestr(name, json.dumps(said[begin : begin + DAY_MESSAGES], indent=4))


def _person(n: int) -> dict[str, Any]:
    profile = {"display_name": f"User {n}", "real_name": f"User {n}", "email": f"u{n}@example.org"}
    return {"id": f"U{n:05}", "name": f"user{n}", "deleted": False, "profile": profile}


def _channel(chance: random.Random, n: int, people: int) -> dict[str, Any]:
    members = [f"U{chance.randrange(people):05}" for _ in range(30)]
    return {"id": f"C{n:05}", "name": f"room-{n}", "created": 1_500_000_000, "creator": "U00000", "members": members}


def _said(chance: random.Random, count: int, people: int) -> Iterator[dict[str, Any]]:
    at, root = BEGAN, ""
    for _ in range(count):
        at += chance.randrange(1, 4_000)
        ts = f"{at}.{chance.randrange(10**6):06}"
        text, elements = _text(chance, people)
        blocks = [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}]
        found: dict[str, Any] = {"type": "message", "user": f"U{chance.randrange(people):05}", "text": text, "ts": ts}
        found |= {"team": "T1", "user_profile": _PROFILE, "blocks": blocks}
        if root and chance.random() < 0.2:
            found["thread_ts"] = root
        elif chance.random() < 0.1:
            root = ts
        if chance.random() < 0.15:
            found["reactions"] = [{"name": "+1", "users": ["U00001", "U00002"], "count": 2}]
        yield found


def _text(chance: random.Random, people: int) -> tuple[str, list[dict[str, Any]]]:
    """What was said as Slack's `text`, and as the elements of its `blocks`."""
    text = " ".join(chance.choices(_WORDS, k=chance.randrange(3, 25)))
    elements: list[dict[str, Any]] = [{"type": "text", "text": text}]
    kind = chance.random()
    if kind < 0.08:
        return f"{text} *bold*", [*elements, {"type": "text", "text": " bold", "style": {"bold": True}}]
    if kind < 0.13:
        user = f"U{chance.randrange(people):05}"
        return f"{text} <@{user}>", [*elements, {"type": "text", "text": " "}, {"type": "user", "user_id": user}]
    if kind < 0.2:
        return f"{text} :tada:", [*elements, {"type": "emoji", "name": "tada", "unicode": "1f389"}]
    return text, elements
