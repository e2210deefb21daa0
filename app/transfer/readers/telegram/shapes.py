"""What Telegram Desktop's result.json holds (its export_output_json.cpp), as far as it is read."""

import re

import msgspec

from app.transfer.readers.halves import decoded


class Entity(msgspec.Struct):
    type: str = "plain"
    text: str = ""
    href: str | None = None
    user_id: int | str | None = None
    language: str | None = None


class Recent(msgspec.Struct, rename={"name": "from"}):
    name: str | None = None
    from_id: str | int | None = None


class Reacted(msgspec.Struct):
    type: str = ""
    count: int = 0
    emoji: str | None = None
    recent: list[Recent] | None = None


class Answer(msgspec.Struct):
    text: str = ""


class Poll(msgspec.Struct):
    question: str = ""
    answers: list[Answer] = []


class Location(msgspec.Struct):
    latitude: float
    longitude: float


class Posted(msgspec.Struct, rename={"name": "from"}):
    id: int
    type: str = "message"
    date: str | None = None
    date_unixtime: str | int | None = None
    edited: str | None = None
    edited_unixtime: str | int | None = None
    name: str | None = None
    from_id: str | int | None = None
    forwarded_from: str | None = None
    reply_to_message_id: int | None = None
    reply_to_peer_id: str | int | None = None
    text: str | list[str | Entity] = ""
    text_entities: list[Entity] | None = None
    photo: str | None = None
    file: str | None = None
    file_name: str | None = None
    mime_type: str | None = None
    media_type: str | None = None
    sticker_emoji: str | None = None
    poll: Poll | None = None
    location_information: Location | None = None
    reactions: list[Reacted] | None = None


class Chat(msgspec.Struct):
    id: int
    type: str
    messages: list[msgspec.Raw]
    name: str | None = None


class Chats(msgspec.Struct):
    list: list[Chat]


class Owner(msgspec.Struct):
    user_id: int
    first_name: str | None = None
    last_name: str | None = None


class Export(msgspec.Struct):
    """All that an account has, or one chat, which then stands at the top."""

    id: int | None = None
    type: str | None = None
    name: str | None = None
    messages: list[msgspec.Raw] | None = None
    chats: Chats | None = None
    left_chats: Chats | None = None
    personal_information: Owner | None = None

    @property
    def all_chats(self) -> list[Chat]:
        if self.id is not None and self.type is not None and self.messages is not None:
            return [Chat(self.id, self.type, self.messages, self.name)]
        return [chat for chats in (self.chats, self.left_chats) if chats for chat in chats.list]


_decode_message = msgspec.json.Decoder(Posted).decode
_decode = msgspec.json.Decoder(Export).decode
_ESCAPE = re.compile(rb"\\(?:x([0-9A-Fa-f]{2})|.)", re.DOTALL)
_BARE_DOCUMENT = re.compile(rb'("document_id": )(?![-"0-9])([^\n"]*?)(,?\r?\n)')


def decode_message(content: bytes) -> Posted:
    """Decode a message. Raises msgspec.DecodeError."""
    return decoded(_decode_message, content)


def decode(content: bytes) -> Export:
    """Decode an export, also one of those that are no JSON: with `\\x0C` in texts, or paths without quotation marks.

    Raises:
        msgspec.DecodeError
    """
    try:
        return decoded(_decode, content)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        return decoded(_decode, _BARE_DOCUMENT.sub(rb'\1"\2"\3', _ESCAPE.sub(_escaped, content)))


def _escaped(found: "re.Match[bytes]") -> bytes:
    return b"\\u00" + found[1] if found[1] else found[0]
