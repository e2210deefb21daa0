"""Exports of Slack's shape, made by hand."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from app.transfer.readers.slack import read
from app.transfer.records import LeftOut, Message, Person, Record, Room
from tests.transfer.readers.reading import zip_of

ALICE = {"id": "U1", "name": "alice", "profile": {"display_name": "Alice", "email": "alice@example.org"}}
BOB = {"id": "U2", "name": "bob", "profile": {"display_name": "", "real_name": "Bob Hope"}}
GENERAL = {"id": "C1", "name": "general", "created": 1_500_000_000, "creator": "U1", "members": ["U1", "U2"]}
TS = "1700000000.000100"


def said(text: str = "hello", ts: str = TS, user: str | None = "U1", **fields: Any) -> dict[str, Any]:
    return {"type": "message", "user": user, "text": text, "ts": ts, **fields}


def rich(*elements: dict[str, Any]) -> list[dict[str, Any]]:
    """Blocks with sections, lists and so on."""
    return [{"type": "rich_text", "block_id": "x", "elements": [*elements]}]


def section(*elements: Any) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": [*elements]}


def text(typed: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": typed, **({"style": style} if style else {})}


def files_of(messages: Iterable[Any], **files: Any) -> dict[str, Any]:
    return {"users.json": [ALICE, BOB], "channels.json": [GENERAL], "general/2023-11-14.json": [*messages], **files}


def write(folder: Path, files: Mapping[str, Any]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded(content))
    return folder


def zipped(path: Path, files: Mapping[str, Any]) -> Path:
    return zip_of(path, {name: encoded(content) for name, content in files.items()})


def encoded(content: Any) -> bytes:
    return content if isinstance(content, bytes) else json.dumps(content).encode()


class Records:
    """What a reader found, by kinds."""

    def __init__(self, records: Iterable[Record]) -> None:
        every = [*records]
        self.people = {each.key: each for each in every if isinstance(each, Person)}
        self.rooms = {each.key: each for each in every if isinstance(each, Room)}
        self.messages = [each for each in every if isinstance(each, Message)]
        self.left_out = {each.what: each.count for each in every if isinstance(each, LeftOut)}

    @property
    def texts(self) -> list[str]:
        return [each.text for each in self.messages]


def records_of(folder: Path, *messages: Any, **files: Any) -> Records:
    """What is read from an export with these messages in #general."""
    return Records(read(write(folder, files_of(messages, **{name.replace("__", "."): files[name] for name in files}))))
