"""The body of a request in pieces to keep, however it comes in and however it ends."""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import StreamReader

from app.base.errors import AppError
from app.files.uploads.refusals import Cut, Silent

PIECE_BYTES = 512 * 1024  # of a fast connection
LEAST_BYTES, GATHER_S = 64 * 1024, 1.0  # of a slow one: what is not kept yet must be sent again when a process dies
SILENCE_S = 30.0  # without a byte


async def arriving(content: StreamReader) -> AsyncIterator[bytes]:
    """Pieces of about `PIECE_BYTES`, or of what comes in `GATHER_S`. The last comes also before the error, if any.

    Raises:
        Cut: the connection ended.
        Silent: nothing came for `SILENCE_S`.
    """
    loop = asyncio.get_running_loop()
    held: list[bytes] = []
    size, since = 0, loop.time()
    failure: AppError | None = None
    while failure is None:
        try:
            async with asyncio.timeout(SILENCE_S):
                data = await content.readany()
        except TimeoutError:
            failure = Silent()
        except OSError:
            failure = Cut()
        else:
            if not data:
                break
            held.append(data)
            size += len(data)
        if size >= PIECE_BYTES or (size >= LEAST_BYTES and loop.time() - since > GATHER_S):
            yield b"".join(held)
            held, size, since = [], 0, loop.time()
    if held:
        yield b"".join(held)
    if failure is not None:
        raise failure
