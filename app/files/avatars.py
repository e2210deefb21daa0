"""Pictures that stand for people whose accounts come from elsewhere."""

from collections.abc import AsyncIterator

from app.files.keeping.store import Store
from app.pictures.pictures import Pictures
from app.pictures.refusal import NotShowable
from app.pictures.sniff import HEAD_BYTES, kind_of

SIDE = 256  # pixels, as of one that somebody chooses
MEGABYTE = 1024 * 1024


class Avatars:
    """One a process; `most_mb` are of one picture as it comes."""

    def __init__(self, store: Store, pictures: Pictures, *, most_mb: int) -> None:
        self._store, self._pictures, self._most_bytes = store, pictures, most_mb * MEGABYTE

    async def made(self, content: bytes) -> bytes | None:
        """The square that is shown; None if it cannot be, or is too large.

        Raises:
            Unavailable: too many pictures wait.
        """
        judged = kind_of(content[:HEAD_BYTES])
        if judged.kind != "picture" or len(content) > self._most_bytes:
            return None
        try:
            async with self._pictures.made(_once(content), judged.type, side=SIDE) as made:
                return made.original.read(MEGABYTE)
        except NotShowable:
            return None

    async def keep(self, made: bytes) -> int:
        """Keep it; within a minute somebody must have it. The same bytes have one number."""
        return (await self._store.keep(_once(made))).id

    @property
    def most_bytes(self) -> int:
        """How many bytes a picture may have."""
        return self._most_bytes


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
