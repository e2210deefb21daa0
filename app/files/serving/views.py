"""`GET /files/{id}/{name}`: the bytes of a file, for those who may read it; see docs/PROTOCOL.md."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import get_args

from aiohttp import web

from app.auth import SESSION_ID, user_of
from app.base.errors import AppError, BadCommand, NotLoggedIn
from app.base.log_fields import fields
from app.chat.wire.events import encode
from app.db.driver.engine import DATABASE_GONE
from app.files.serving import headers
from app.files.serving.keys import READING
from app.files.serving.queries import Readable, Size
from app.files.serving.ranges import OutOfRange, asked_range, has_copy
from app.files.serving.service import Reader
from app.files.serving.text import MAX_BYTES, first_lines
from app.pictures.stilled import MOST_BYTES, first_frame, may_move, needs_all
from app.web.asked import has, number, typed, uuid_in

log = logging.getLogger(__name__)
routes = web.RouteTableDef()

STALLED_S = 60.0  # that a browser may take for a chunk; one that goes on later asks for the rest
MAX_LINES = 1_000
STOPPING: tuple[type[Exception], ...] = (AppError, *DATABASE_GONE)  # a timeout among them
_STILL = "still"
_SIZES: dict[str, Size] = {size: size for size in get_args(Size)} | {_STILL: "small"}


@routes.get("/files/{id}/{name}")
async def file(request: web.Request) -> web.StreamResponse:
    """A file: whole, a range, a rendition or a first frame (`?size=`), or the first lines of a text (`?lines=`)."""
    user = user_of(request)
    found = await request.app[READING].find(user.id, uuid_in(request, "id"), _size(request))
    lines = number(request, "lines", MAX_LINES)
    is_still = typed(request, "size") == _STILL
    etag = headers.etag(found, _STILL if is_still else "") if lines is None else f'W/"{found.sha256.hex()}-{lines}"'
    common = {
        "Content-Type": headers.content_type(found) if lines is None else "application/json; charset=utf-8",
        "ETag": etag,
        "Cache-Control": "private, no-cache",  # it may be kept, and is asked for each time
        "Content-Disposition": headers.disposition(found, as_download=has(request, "download")),
    }
    if has_copy(request.if_none_match, etag):
        return web.Response(status=304, headers=common)
    if lines is not None:
        return await _first_lines(request, found, lines, common)
    if is_still and (body := await _first_frame(request, found)) is not None:
        return web.Response(body=body, headers=common)
    try:
        part = asked_range(request.headers, etag, found.size) if request.method == "GET" else None
    except OutOfRange:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{found.size}"}, text="No such range.\n")
    return await _send(request, found, part, common)


async def _first_lines(request: web.Request, found: Readable, count: int, common: dict[str, str]) -> web.Response:
    if found.kind != "text":
        raise BadCommand("Only a text has lines.")
    part = range(min(found.size, MAX_BYTES))
    begin = b"".join([chunk async for chunk in request.app[READING].read(_reader(request), found, part)])
    body = encode(first_lines(begin, count, is_all=len(part) == found.size))
    response = web.Response(body=body, headers=common)
    response.enable_compression()
    return response


async def _first_frame(request: web.Request, found: Readable) -> bytes | None:
    """What stands still in place of an animation; None of what does not move, or not in a way that is known."""
    if found.kind != "picture":
        return None
    part, held = range(min(found.size, MOST_BYTES)), b""
    async with aclosing(request.app[READING].read(_reader(request), found, part)) as chunks:
        async for chunk in chunks:
            held += chunk
            if not may_move(held):
                return None
            if (stilled := first_frame(held)) is not None and (len(held) == found.size or not needs_all(held)):
                return stilled
    return None


async def _send(
    request: web.Request, found: Readable, part: range | None, common: dict[str, str]
) -> web.StreamResponse:
    response = web.StreamResponse(headers={**common, "Accept-Ranges": "bytes"})
    response.headers["X-Accel-Buffering"] = "no"  # or nginx takes all of it, and sends on to who was removed
    if part is not None:
        response.set_status(206)
        response.headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{found.size}"
    part = part or range(found.size)
    response.content_length = len(part)
    if request.method == "HEAD":
        await response.prepare(request)
        return response
    async with aclosing(request.app[READING].read(_reader(request), found, part)) as chunks:
        first = await anext(chunks, b"")  # before the answer begins: a refusal can still be one
        await response.prepare(request)
        if not await _is_sent(response, found, first, chunks) and request.transport:
            request.transport.abort()  # the browser sees that bytes are missing, and may ask for the rest
    return response


async def _is_sent(response: web.StreamResponse, found: Readable, chunk: bytes, more: AsyncIterator[bytes]) -> bool:
    try:
        while chunk:
            async with asyncio.timeout(STALLED_S):
                await response.write(chunk)
            chunk = await anext(more, b"")
    except ConnectionError:
        return False  # who asked has gone, as browsers do that play a video from another place
    except STOPPING as error:
        log.info("stopped sending a file", extra=fields(file=found.id, reason=type(error).__name__))
        return False
    return True


def _reader(request: web.Request) -> Reader:
    session_id = request[SESSION_ID]
    if session_id is None:
        raise NotLoggedIn
    return Reader(user_of(request).id, session_id)


def _size(request: web.Request) -> Size | None:
    if not has(request, "size"):
        return None
    asked = typed(request, "size")
    if (size := _SIZES.get(asked)) is None:
        raise BadCommand("“size” must be small, large or still.")
    return size
