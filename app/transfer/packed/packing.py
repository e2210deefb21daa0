"""A zip that is made piece by piece and never stands whole in memory; the same content gives the same bytes.

Its entries have one time and one owner's rights, in the order in which they come.
"""

import asyncio
from collections.abc import AsyncIterator
from io import RawIOBase
from typing import cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

_TIME = (1980, 1, 1, 0, 0, 0)  # the first that a zip can say
_UNIX, _RIGHTS = 3, 0o600 << 16


class _Out(RawIOBase):
    """Keeps what is written until it is taken; there is no way back in it."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self._pieces.append(piece)
        return len(piece)

    def take(self) -> bytes:
        whole = b"".join(self._pieces)
        self._pieces.clear()
        return whole


class Packing:
    """One zip; `add` its entries one after the other, then `end` it."""

    def __init__(self) -> None:
        self._out = _Out()
        self._zip = ZipFile(cast("str", self._out), "w")

    async def add(
        self, name: str, content: AsyncIterator[bytes], *, is_small_already: bool = False
    ) -> AsyncIterator[bytes]:
        """The bytes of an entry. Text is made smaller beside the event loop; most files are small already."""
        info = ZipInfo(name, _TIME)
        info.create_system, info.external_attr = _UNIX, _RIGHTS
        info.compress_type = ZIP_STORED if is_small_already else ZIP_DEFLATED
        with self._zip.open(info, "w", force_zip64=True) as entry:
            async for piece in content:
                await asyncio.to_thread(entry.write, piece)
                yield self._out.take()
        yield self._out.take()

    def end(self) -> bytes:
        """The list of all entries, which is the end of the zip."""
        self._zip.close()
        return self._out.take()
