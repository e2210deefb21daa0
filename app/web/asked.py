"""What a request asks for, as values that can be stored: its JSON, and the words and numbers in its address.

Every JSON body is decoded here, and every part of an address is read here, so that none holds what PostgreSQL cannot:
NUL, lone surrogates, numbers and times out of its range. A test refuses any other module that reads a request's query
or path.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, TypeVar
from uuid import UUID

import msgspec
from aiohttp import web
from msgspec import Struct

from app.base.errors import AppError, BadCommand, NotFound
from app.base.text import one_line

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


def typed(request: web.Request, name: str) -> str:
    """A text of the query on one line, as it can be stored; empty when it is not there."""
    return one_line(request.query.get(name, ""))


def has(request: web.Request, name: str) -> bool:
    """Whether the query names this, with whatever value."""
    return name in request.query


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


def time(request: web.Request, *names: str) -> datetime:
    """A time from the query, by the first of these names that is there; one without a zone is in UTC.

    Raises:
        BadCommand: it is none, or before the year 1 or after 9999 in UTC.
    """
    text = next(filter(None, (request.query.get(name) for name in names)), "")
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadCommand("That is no date. Write it as in 2026-01-31.") from None


def place(request: web.Request, name: str) -> str:
    """A name in the path.

    Raises:
        NotFound: nothing can be called so.
    """
    text = request.match_info[name]
    if not _is_storable(text):
        raise NotFound()
    return text


def text_in(request: web.Request, name: str) -> str:
    """A text in the path on one line, as it can be stored: for what is not looked up as it is."""
    return one_line(request.match_info[name])


def id_in(request: web.Request, name: str) -> int:
    """The id in the path, which the pattern `ID` let through."""
    return int(request.match_info[name])


def number_in(request: web.Request, name: str) -> int | None:
    """The same; None where the route has no such place."""
    return id_in(request, name) if name in request.match_info else None


def uuid_in(request: web.Request, name: str) -> UUID:
    """A UUID in the path.

    Raises:
        NotFound: it is none.
    """
    try:
        return UUID(place(request, name))
    except ValueError:
        raise NotFound() from None


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
