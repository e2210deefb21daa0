"""SHA-256 of bytes that came so far, so that they need not be read again when they are whole."""

import hashlib
from typing import Any

MOST = 1_000  # uploads that are remembered; what began in another process, or long ago, is read again


class Hashes:
    """One a process; nothing depends on what it has.

    Whoever goes on with an upload takes the hash out, and puts it back when all of its bytes are kept: two who send
    different bytes to the same place at once never mix theirs.
    """

    def __init__(self) -> None:
        self._hashes: dict[int, tuple[int, Any]] = {}
        self.age = 0  # of what is remembered: another one after each `forget`

    def forget(self) -> None:
        """Forget all: the database may have lost bytes, as after its crash it has those that were not on the disk."""
        self._hashes.clear()
        self.age += 1

    def take(self, blob_id: int, size: int) -> Any | None:
        """The hash of the first `size` bytes of a blob, None where it is missing. It is gone from here then."""
        found, digest = self._hashes.pop(blob_id, (0, None))
        if size == 0:
            return hashlib.sha256()
        return digest if found == size else None

    def put(self, blob_id: int, size: int, digest: Any, age: int) -> None:
        """This is the hash of the first `size` bytes of a blob, all of which are kept; `age`: when it was taken out."""
        if age != self.age:
            return
        self._hashes[blob_id] = size, digest
        if len(self._hashes) > MOST:
            del self._hashes[next(iter(self._hashes))]
