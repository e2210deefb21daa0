"""Sends what is written while it is sent, as a file to keep."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing

from aiohttp import web

from app.base.log_fields import fields
from app.files.serving.headers import attached
from app.files.serving.views import STALLED_S, STOPPING

log = logging.getLogger(__name__)


async def send(
    request: web.Request, pieces: AsyncGenerator[bytes, None], name: str, content_type: str
) -> web.StreamResponse:
    """Send the pieces as a file of that name; one that cannot be finished ends as a broken download, never as whole.

    Raises:
        what making the first piece raises: nothing was sent then.
    """
    response = web.StreamResponse(headers={"Content-Type": content_type, "Content-Disposition": attached(name)})
    response.headers["X-Accel-Buffering"] = "no"  # or nginx takes all of it, and sends on to who was removed
    async with aclosing(pieces):
        first = await anext(pieces, b"")
        await response.prepare(request)
        if not await _is_sent(response, first, pieces) and request.transport:
            request.transport.abort()
    return response


async def _is_sent(response: web.StreamResponse, first: bytes, more: AsyncGenerator[bytes, None]) -> bool:
    try:
        await _write(response, first)
        async for piece in more:
            if piece:
                await _write(response, piece)
    except ConnectionError:
        return False
    except STOPPING as error:
        log.info("stopped sending what somebody saves", extra=fields(reason=type(error).__name__))
        return False
    return True


async def _write(response: web.StreamResponse, piece: bytes) -> None:
    async with asyncio.timeout(STALLED_S):
        await response.write(piece)
