"""SHA-256 of bytes that arrive piece by piece, so that they need not be read again when they are whole."""

import hashlib
from typing import Any

MOST = 1_000  # uploads that are remembered; what began in another process, or long ago, is read again


class Hashes:
    """One a process; nothing depends on what it has."""

    def __init__(self) -> None:
        self._hashes: dict[int, tuple[int, Any]] = {}

    def add(self, blob_id: int, begins: int, data: bytes) -> None:
        """Some bytes of a blob are being kept. Where what was before them is missing here, they are no use."""
        size, digest = self._hashes.pop(blob_id, (0, None))
        if begins == 0:
            size, digest = 0, hashlib.sha256()
        if digest is None or size != begins:
            return
        digest.update(data)
        self._hashes[blob_id] = size + len(data), digest
        if len(self._hashes) > MOST:
            del self._hashes[next(iter(self._hashes))]

    def forget(self, blob_id: int) -> None:
        """What was added was not kept after all."""
        self._hashes.pop(blob_id, None)

    def take(self, blob_id: int, size: int) -> tuple[int, bytes] | None:
        """The size and the SHA-256 of a blob, None where not all of it was added here; forgets them."""
        added, digest = self._hashes.pop(blob_id, (0, None))
        return None if digest is None or added != size else (size, digest.digest())
