"""A room as one page to keep: it shows itself in any browser, without this server and without scripts."""

import base64
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import aclosing
from datetime import datetime
from typing import Any, NamedTuple

from jinja2 import Environment

from app.base.errors import AppError
from app.chat.markup.links import addresses
from app.chat.messages.message import Message
from app.chat.messages.parts.files import File
from app.chat.wire.events import as_dict
from app.files.serving import headers
from app.files.serving.service import Reader, Reading
from app.saving.style import policy_of

GROUP_S = 300  # as on the page: of one person, within five minutes, under one name


class About(NamedTuple):
    """What the head of the page says."""

    title: str
    topic: str
    is_direct: bool
    brand: str
    saver: str
    at: str
    messages: str


class RoomPage:
    """Writes one room for one reader; `reading` gives it the pictures, in the small size where there is one."""

    def __init__(self, environment: Environment, style: str, reading: Reading, reader: Reader) -> None:
        self._parts: Any = environment.get_template("saving/room.html").module
        self._style, self._reading, self._reader = style, reading, reader
        self._last: Message | None = None

    async def written(self, about: About, pages: AsyncIterator[list[Message]]) -> AsyncGenerator[bytes, None]:
        """The page in pieces.

        Raises:
            what `pages` and the bytes of a picture raise that was begun.
        """
        yield self._parts.head(about, self._style, policy_of(self._style)).encode()
        async for page in pages:
            text: list[str] = []
            for message in page:
                text.append(self._begun(message))
                for file in message.files:
                    if file.kind != "picture":
                        text.append(self._parts.file(as_dict(file)))
                        continue
                    async with aclosing(self._picture(file)) as pieces:
                        yield "".join(text).encode()
                        text = []
                        async for piece in pieces:
                            yield piece
                text.append(self._parts.end(as_dict(message)))
            yield "".join(text).encode()
        yield self._parts.foot(about).encode()

    def _begun(self, message: Message) -> str:
        last, self._last = self._last, message
        starts_day = last is None or last.time[:10] != message.time[:10]
        starts_group = starts_day or message.reply_to is not None or not _goes_on(last, message)
        day = _time(message).strftime("%A, %-d %B %Y") if starts_day else ""
        return str(self._parts.begin(as_dict(message), [*_linked(message.text)], day, starts_group))

    async def _picture(self, file: File) -> AsyncGenerator[bytes, None]:
        """A picture as the address of an image; where its bytes are gone, a line that says so."""
        try:
            found = await self._reading.find(self._reader.user_id, file.id, "small")
            chunks = self._reading.read(self._reader, found, range(found.size))
            first = await anext(chunks, b"")
        except AppError:
            yield self._parts.file(as_dict(file), is_gone=True).encode()
            return
        yield self._parts.picture_begin(as_dict(file), headers.content_type(found)).encode()
        async with aclosing(chunks):
            held = first
            async for chunk in chunks:
                whole = len(held) // 3 * 3  # Base64 has no end within
                yield base64.b64encode(held[:whole])
                held = held[whole:] + chunk
        yield base64.b64encode(held)
        yield self._parts.picture_end(as_dict(file)).encode()


def _goes_on(last: Message | None, message: Message) -> bool:
    if last is None or last.author.id != message.author.id:
        return False
    return (_time(message) - _time(last)).total_seconds() <= GROUP_S


def _time(message: Message) -> datetime:
    return datetime.fromisoformat(message.time)


def _linked(text: str) -> Iterable[tuple[str, str]]:
    """The text in pieces, each with where it leads, or with nothing."""
    at = 0
    for address in addresses(text):
        yield text[at : address.start], ""
        yield text[address.start : address.end], address.href
        at = address.end
    yield text[at:], ""
