"""A bucket of a server that speaks S3: objects put, read and deleted, each by its name. No SQL here."""

import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout
from yarl import URL

from app.base.errors import Unavailable

log = logging.getLogger(__name__)

PIECE_BYTES = 512 * 1024
TIMEOUT = ClientTimeout(total=600, connect=5, sock_connect=5, sock_read=30)
TRIES = 3  # of a reading that is cut, without a byte between
FIRST_REGION = "us-east-1"  # what servers that have no regions take


class BucketGone(Unavailable):
    code = "bucket_gone"
    default_message = "The server cannot reach the place where it keeps files. Try again in a moment."


class Bucket:
    """The bucket of a `S3_URL`; `close` it at the end."""

    def __init__(self, url: str) -> None:
        # Imported here, as most have no bucket.
        from aiohttp_s3_client import S3Client
        from aiohttp_s3_client.credentials import StaticCredentials

        address = URL(url)
        credentials = StaticCredentials(
            access_key_id=address.user or "",
            secret_access_key=address.password or "",
            region=address.query.get("region", FIRST_REGION),
        )
        self._session = ClientSession(timeout=TIMEOUT)
        self._client = S3Client(self._session, address.with_query(None), credentials=credentials)

    async def close(self) -> None:
        await self._session.close()

    async def put(self, name: str, source: AsyncIterator[bytes], size: int, sha256: bytes) -> None:
        """Put an object of that size and SHA-256; the server compares both.

        Raises:
            BucketGone
        """
        await _done(self._client.put(name, source, data_length=size, content_sha256=sha256.hex()))

    async def delete(self, name: str) -> None:
        """Delete an object; one that is not there is deleted.

        Raises:
            BucketGone
        """
        await _done(self._client.delete(name))

    async def read(self, name: str, begin: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `begin` up to `end`, in pieces; a cut connection is made again where it was.

        Raises:
            BucketGone
        """
        at, tries = begin, 0
        while at < end:
            if (tries := tries + 1) > TRIES:
                raise BucketGone
            try:
                async with self._client.get(name, headers={"Range": f"bytes={at}-{end - 1}"}) as answer:
                    _refuse(answer, 206)
                    async for piece in answer.content.iter_chunked(PIECE_BYTES):
                        yield piece
                        at, tries = at + len(piece), 0
            except (ClientError, TimeoutError) as error:
                log.warning("a reading from the bucket was cut reason=%s", type(error).__name__)


async def _done(asking: AbstractAsyncContextManager[ClientResponse]) -> None:
    try:
        async with asking as answer:
            _refuse(answer, 200, 204)
    except (ClientError, TimeoutError) as error:
        raise BucketGone from error


def _refuse(answer: ClientResponse, *wanted: int) -> None:
    if answer.status not in wanted:
        log.warning("the bucket refused status=%s", answer.status)
        raise BucketGone
