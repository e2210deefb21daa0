"""Pictures that stand for people whose accounts come from elsewhere."""

from collections.abc import AsyncIterator

from app.files.keeping.store import Store
from app.pictures.pictures import Pictures
from app.pictures.refusal import NotShowable
from app.pictures.sniff import HEAD_BYTES, kind_of

MEGABYTE = 1024 * 1024


class Avatars:
    """One a process; `most_bytes` are of one picture as it comes."""

    def __init__(self, store: Store, pictures: Pictures, *, most_mb: int) -> None:
        self._store, self._pictures, self.most_bytes = store, pictures, most_mb * MEGABYTE

    async def made(self, content: bytes) -> bytes | None:
        """The square that is shown; None if it cannot be, or is too large.

        Raises:
            Unavailable: too many pictures wait.
        """
        judged = kind_of(content[:HEAD_BYTES])
        if judged.kind != "picture" or len(content) > self.most_bytes:
            return None
        try:
            return await self._pictures.square(_once(content), judged.type)
        except NotShowable:
            return None

    async def keep(self, made: bytes) -> int:
        """Keep it; within a minute somebody must have it. The same bytes have one number."""
        return (await self._store.keep(_once(made))).id


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
