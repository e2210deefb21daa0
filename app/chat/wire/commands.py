"""What a client says: one frame to one frozen struct, or BadCommand. Pure."""

import json
import uuid
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import force_setattr

from app.base.errors import BadCommand, BadFiles, BadText, TooLong
from app.base.text import is_visible, normal_text
from app.chat.wire.emoji import fully_qualified, is_emoji
from app.chat.wire.numbers import Cursor, Number
from app.chat.wire.preferences import SetPreference

MAX_TEXT_CHARS = 4_000
MAX_FILES = 10
MAX_FRAME_BYTES = 16 * 1024


class Post(Struct, tag="post", frozen=True, forbid_unknown_fields=True):
    """Append a message; `id` makes a repetition harmless. With `files` it needs no text."""

    room: Number
    id: uuid.UUID
    text: str
    reply_to: Number | None = None
    files: tuple[uuid.UUID, ...] = ()

    def __post_init__(self) -> None:
        _check_id(self.id)
        force_setattr(self, "text", _text_beside_files(self.text) if self.files else normal_text(self.text))


class Amendment(Struct, frozen=True, forbid_unknown_fields=True):
    """Change a message that is there; `id` makes a repetition harmless."""

    id: uuid.UUID
    room: Number
    seq: Number

    def __post_init__(self) -> None:
        _check_id(self.id)


class Edit(Amendment, tag="edit", frozen=True):
    """Give a message of one's own another text; one with files needs none."""

    text: str

    def __post_init__(self) -> None:
        super().__post_init__()
        force_setattr(self, "text", _text_beside_files(self.text))


class Delete(Amendment, tag="delete", frozen=True):
    """Take back what a message said."""


class React(Amendment, tag="react", frozen=True):
    """Put an emoji to a message, or take one's own away."""

    emoji: str
    on: bool

    def __post_init__(self) -> None:
        super().__post_init__()
        force_setattr(self, "emoji", fully_qualified(self.emoji))


class HidePreview(Amendment, tag="hide_preview", frozen=True):
    """Take the preview of a link of one's own away."""


class Resume(Struct, tag="resume", frozen=True, forbid_unknown_fields=True):
    """Send what came after these cursors, which belong to that epoch."""

    epoch: uuid.UUID
    rooms: dict[Number, Cursor]


class Read(Struct, tag="read", frozen=True, forbid_unknown_fields=True):
    """Say that one has read a room up to this message."""

    room: Number
    seq: Number


class Unread(Struct, tag="unread", frozen=True, forbid_unknown_fields=True):
    """Take back that a message, and what came after it, was read."""

    room: Number
    seq: Number


class Typing(Struct, tag="typing", frozen=True, forbid_unknown_fields=True):
    """Say that one is typing in a room."""

    room: Number


Command = Post | Edit | Delete | React | HidePreview | Resume | Read | Unread | SetPreference | Typing

_decoder: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command)


def parse(frame: str) -> Command:
    """The command in a text frame.

    Raises:
        BadCommand: and its subclasses BadText and TooLong, with the command's id where it has one.
    """
    try:
        command = _decoder.decode(frame)
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError) as error:
        raise _explained(frame, error) from None
    if isinstance(command, Post) and command.files:
        _check_files(command)
    if isinstance(command, Post | Edit):
        _check_text(command)
    if isinstance(command, React) and not is_emoji(command.emoji):
        raise BadCommand("A reaction is one emoji, and nothing else.", command_id=str(command.id))
    return command


def _check_id(command_id: uuid.UUID) -> None:
    if command_id.version != 4:
        raise ValueError("the id must be a UUID of version 4")


def _text_beside_files(given: str) -> str:
    """A text that nobody sees is none."""
    text = normal_text(given)
    return text if is_visible(text) or "\0" in text else ""


def _check_files(post: Post) -> None:
    if len(post.files) > MAX_FILES:
        raise BadFiles(f"{len(post.files):,} files are too many; {MAX_FILES} fit.", command_id=str(post.id))
    if len({*post.files}) < len(post.files):
        raise BadFiles("A message carries each file once.", command_id=str(post.id))


def _check_text(post: Post | Edit) -> None:
    if isinstance(post, Post) and not post.files and not is_visible(post.text):
        raise BadText("Write something first.", command_id=str(post.id))
    if "\0" in post.text:
        raise BadText(command_id=str(post.id))
    if len(post.text) > MAX_TEXT_CHARS:
        sentence = f"The message has {len(post.text):,} characters; {MAX_TEXT_CHARS:,} fit."
        raise TooLong(sentence, command_id=str(post.id))


def _explained(frame: str, error: Exception) -> BadCommand:
    """Why a frame was refused. Decoded once more, loosely, for the id of the command that it was meant to be."""
    try:
        meant: Any = json.loads(frame)
    except (ValueError, RecursionError):
        return BadCommand("A frame must be one JSON object.")
    if not isinstance(meant, dict):
        return BadCommand("A frame must be one JSON object.")
    command_id = _uuid_or_none(meant.get("id"))
    if _has_lone_surrogate(meant.get("text")):
        return BadText(command_id=command_id)
    return BadCommand(f"That command makes no sense: {error}.", command_id=command_id)


def _uuid_or_none(value: object) -> str | None:
    try:
        return str(uuid.UUID(value)) if isinstance(value, str) else None
    except ValueError:
        return None


def _has_lone_surrogate(text: object) -> bool:
    return isinstance(text, str) and any("\ud800" <= char <= "\udfff" for char in text)
