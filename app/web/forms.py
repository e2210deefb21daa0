"""The fields of a posted form, as text that can be stored; and what a form shows that was refused."""

from collections.abc import AsyncIterator, Collection, Mapping

from aiohttp import BodyPartReader, MultipartReader, web

from app.base.errors import AppError, BadCommand, BadForm
from app.db.driver.causes import unavailable
from app.db.driver.engine import DATABASE_GONE
from app.web.redirects import retry_after

FORM_TYPE = "application/x-www-form-urlencoded"
FILE_FORM_TYPE = "multipart/form-data"
PARTS: web.RequestKey[MultipartReader] = web.RequestKey("parts")
MOST_TOKEN_BYTES, PIECE_BYTES = 256, 64 * 1024
# What a form may be refused for and still come back with what was typed.
REFUSALS: tuple[type[Exception], ...] = (AppError, *DATABASE_GONE)


async def form_fields(request: web.Request) -> dict[str, str]:
    """The fields of the form in the body, the first of each name; may be called again.

    Raises:
        BadCommand: not UTF-8; or not a form, where there is a body.
        web.HTTPRequestEntityTooLarge: more than the application's `client_max_size`.
    """
    if request.content_type != FORM_TYPE:
        if request.body_exists:
            raise BadCommand("Forms are sent as " + FORM_TYPE + ".")
        return {}
    # Any other name would do for Python's codecs, some of which make text that is none.
    if (request.charset or "utf-8").lower() not in ("utf-8", "utf8"):
        raise BadCommand("Forms are sent in UTF-8.")
    try:
        form = await request.post()
    except ValueError:
        raise BadCommand("This form is not valid UTF-8.") from None
    return {name: value for name in form if isinstance(value := form[name], str)}


async def token_in(request: web.Request) -> str:
    """The `csrf_token` of a form; of one with a file it is the first field, and the rest is left to be read."""
    if request.content_type != FILE_FORM_TYPE:
        return (await form_fields(request)).get("csrf_token", "")
    try:
        parts = request[PARTS] = await request.multipart()
        first = await parts.next()
        if isinstance(first, BodyPartReader) and first.name == "csrf_token":
            return (await first.read_chunk(MOST_TOKEN_BYTES)).decode()
    except ValueError:  # what aiohttp raises for parts that are none, UnicodeDecodeError among them
        raise BadCommand("This form cannot be read.") from None
    return ""


async def file_in(request: web.Request, name: str) -> AsyncIterator[bytes]:
    """The bytes of a file that a form sends behind its token, as they come; nothing if it is another form.

    Raises:
        BadCommand: it is cut off.
    """
    _, pieces = await named_file_in(request, name)
    async for piece in pieces:
        yield piece


async def named_file_in(request: web.Request, name: str) -> tuple[str, AsyncIterator[bytes]]:
    """The same, with what the file is called; nothing is called so if it is another form.

    Raises:
        BadCommand: it is cut off, also while the bytes are read.
    """
    try:
        part = await _part(request, name)
    except ValueError:
        raise BadCommand("This form cannot be read.") from None
    return part.filename or "" if part is not None else "", _pieces(part)


async def _part(request: web.Request, name: str) -> BodyPartReader | None:
    parts = request.get(PARTS)
    part = await parts.next() if parts is not None else None
    return part if isinstance(part, BodyPartReader) and part.name == name else None


async def _pieces(part: BodyPartReader | None) -> AsyncIterator[bytes]:
    try:
        while part is not None and (piece := await part.read_chunk(PIECE_BYTES)):
            yield piece
    except ValueError:
        raise BadCommand("This form cannot be read.") from None


def refused(error: Exception, fields: Mapping[str, str], kept: Collection[str]) -> dict[str, object]:
    """For a form's template: why it was refused, and what was typed in the fields that are `kept`; never passwords."""
    refusal = _as_refusal(error)
    reasons = refusal.reasons if isinstance(refusal, BadForm) else {}
    shown: dict[str, object] = {
        "refusal": None if reasons else refusal.message,
        "reasons": reasons,
        "typed": {name: fields.get(name, "") for name in kept},
    }
    return shown | ({"focus": next(iter(reasons))} if reasons else {})


def with_status(response: web.Response, error: Exception) -> web.Response:
    """The page of a form that was refused, with the status of the refusal."""
    refusal = _as_refusal(error)
    response.set_status(refusal.http_status)
    response.headers.update(retry_after(refusal))
    return response


def _as_refusal(error: Exception) -> AppError:
    return error if isinstance(error, AppError) else unavailable(error)
