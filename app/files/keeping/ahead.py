"""Two at work: who makes the pieces, and who uses them."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator


async def ahead(source: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """The pieces of `source`, none of which is empty. The next one is made while the last one is used."""
    coming = asyncio.ensure_future(anext(source, b""))
    try:
        while piece := await coming:
            coming = asyncio.ensure_future(anext(source, b""))
            yield piece
    finally:
        coming.cancel()
        await asyncio.wait([coming])
