"""The body of a request in pieces to keep, however it comes in and however it ends."""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import StreamReader

from app.files.uploads.refusals import Cut, Silent

PIECE_BYTES = 256 * 1024
SILENCE_S = 30.0  # without a byte


async def arriving(content: StreamReader) -> AsyncIterator[bytes]:
    """Pieces of `PIECE_BYTES`. The last is shorter; it comes also before the error, where there is one.

    Raises:
        Cut: the connection ended.
        Silent: nothing came for `SILENCE_S`.
    """
    held = bytearray()
    failure: Exception | None = None
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
            held += data
        while len(held) >= PIECE_BYTES:
            yield bytes(held[:PIECE_BYTES])
            del held[:PIECE_BYTES]
    if held:
        yield bytes(held)
    if failure is not None:
        raise failure
