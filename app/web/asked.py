"""What a request asks for, as values that can be stored: its JSON, and the words and numbers in its address.

Every JSON body is decoded here, so that none holds what PostgreSQL cannot: NUL and lone surrogates.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

import msgspec
from aiohttp import web
from msgspec import Struct

from app.base.errors import AppError, BadCommand, NotFound

BIGINT_MAX = 2**63 - 1
MAX_WORDS_CHARS = 64
ID = r"[1-9]\d{0,17}"  # a pattern for paths: an id, or a number of a message


class Body(Struct, frozen=True, forbid_unknown_fields=True):
    """The JSON of a request: one kind of command. `refusals`: what a field is refused with that cannot be stored."""

    refusals: ClassVar[Mapping[str, type[AppError]]] = {}


B = TypeVar("B", bound=Body)


async def body(request: web.Request, kind: type[B]) -> B:
    """The command in a request's body.

    Raises:
        BadCommand: or what the field at fault is refused with.
        web.HTTPRequestEntityTooLarge: more than the application's `client_max_size`.
    """
    return decoded(await request.read(), kind)


def decoded(json: bytes, kind: type[B]) -> B:
    """The same, of bytes."""
    try:
        command = msgspec.json.decode(json, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadCommand(f"That request makes no sense: {error}.") from None
    for field in kind.__struct_fields__:
        if _holds_nul(getattr(command, field)):
            raise kind.refusals.get(field, BadCommand)("Take out the invisible characters.")
    return command


def words(request: web.Request, name: str) -> str:
    """What is searched for, from the query; empty when it is not there.

    Raises:
        BadCommand
    """
    text = request.query.get(name, "")
    if len(text) > MAX_WORDS_CHARS or not _is_storable(text):
        raise BadCommand(f"“{name}” must be text of at most {MAX_WORDS_CHARS} characters.")
    return text


def number(request: web.Request, name: str, most: int = BIGINT_MAX) -> int | None:
    """A positive whole number from the query, None when it is not there.

    Raises:
        BadCommand: it is something else, or over `most`.
    """
    text = request.query.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and 1 <= int(text) <= most):
        raise BadCommand(f"“{name}” must be a whole number from 1 to {most}.")
    return int(text)


def place(request: web.Request, name: str) -> str:
    """A name in the path.

    Raises:
        NotFound: nothing can be called so.
    """
    text = request.match_info[name]
    if not _is_storable(text):
        raise NotFound()
    return text


def id_in(request: web.Request, name: str) -> int:
    """The id in the path, which the pattern `ID` let through."""
    return int(request.match_info[name])


def _is_storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def _holds_nul(value: Any) -> bool:
    match value:
        case str():
            return "\0" in value
        case list():
            return any(map(_holds_nul, value))
        case dict():
            return any(map(_holds_nul, (*value, *value.values())))
    return False
