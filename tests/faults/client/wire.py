"""The wire as a client of its own reads it: written from docs/PROTOCOL.md, on purpose not from the app's structs."""

from typing import Any

import msgspec
from msgspec import Struct

from tests.faults.checker.state import PLAIN, Details, State


class Author(Struct, frozen=True):
    id: int


class Quote(Struct, frozen=True):
    author: Author
    text: str
    deleted: bool = False


class Reaction(Struct, frozen=True):
    emoji: str
    people: list[Author]


class File(Struct, frozen=True):
    id: str


class Message(Struct, tag="message", frozen=True):
    room: int
    seq: int
    rev: int
    author: Author
    text: str
    edited: str | None = None
    deleted: bool = False
    html: str | None = None
    reply_to: int | None = None
    quote: Quote | None = None
    reactions: list[Reaction] = []
    files: list[File] = []

    def state(self) -> State:
        return State(self.text, self.author.id, self._details())

    def _details(self) -> Details:
        if not (self.html or self.reply_to or self.edited or self.deleted or self.reactions or self.files):
            return PLAIN
        quote = self.quote
        return Details(
            edited=self.edited,
            deleted=self.deleted,
            html=self.html,
            reply_to=self.reply_to,
            quote=(quote.author.id, quote.text, quote.deleted) if quote is not None else None,
            reactions=tuple((each.emoji, tuple(one.id for one in each.people)) for each in self.reactions),
            files=tuple(file.id for file in self.files),
        )


class RoomState(Struct, frozen=True):
    id: int
    last_rev: int


class Hello(Struct, tag="hello", frozen=True):
    epoch: str
    rooms: list[RoomState]


class Ack(Struct, tag="ack", frozen=True):
    id: str
    room: int
    seq: int
    rev: int


class AtRev(Struct, frozen=True):
    room: int
    rev: int


class Live(AtRev, tag="live", frozen=True):
    pass


class Reset(AtRev, tag="reset", frozen=True):
    pass


class Heads(Struct, tag="heads", frozen=True):
    rooms: dict[int, int]


class Error(Struct, tag="error", frozen=True):
    code: str
    id: str | None = None
    retry_after: float | None = None


class Page(Struct, frozen=True):
    """The answer to a request for history."""

    messages: list[Message]
    last_seq: int
    last_rev: int


Event = Message | Hello | Ack | Live | Reset | Heads | Error

_events = msgspec.json.Decoder(list[Event])
_event = msgspec.json.Decoder(Event)
page = msgspec.json.Decoder(Page).decode
command = msgspec.json.Encoder().encode


def events(frame: str) -> list[Event]:
    """The events of a frame, without those that a fault-finder has no use for (presence, typing, read)."""
    try:
        return _events.decode(f"[{frame.replace(chr(10), ',')}]")
    except msgspec.ValidationError:
        return [_event.decode(line) for line in frame.split("\n") if _is_known(line)]


def _is_known(line: str) -> bool:
    anything: Any = msgspec.json.decode(line)
    return anything["type"] in ("message", "hello", "ack", "live", "reset", "heads", "error")
