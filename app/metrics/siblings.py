"""The workers of one supervisor see each other's numbers: each keeps its own in a file of a folder that they share.

Whichever is asked writes its own first, then adds up all. Of one that has ended what it counted stays, so no sum falls
when a worker dies; only its last `WRITE_S` may be missing.
"""

import asyncio
import logging
import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import psutil

from app.metrics.catalogue import Numbers, added

log = logging.getLogger(__name__)

WRITE_S = 2.0
_DECODER = msgspec.json.Decoder(Numbers)


class Siblings:
    """`own` reads the numbers of this process; without a `folder` it is the only one."""

    def __init__(self, own: Callable[[], Numbers], folder: Path | None) -> None:
        self._own, self._folder = own, folder

    async def write_for_ever(self) -> None:
        """Keep our numbers in our file; endless."""
        while True:
            self._write()
            await asyncio.sleep(WRITE_S)

    def all_together(self) -> Numbers:
        """The numbers of all workers as one."""
        own = self._write()
        parts, ended = [own], list[Numbers]()
        for path in sorted(self._folder.glob("*.json")) if self._folder is not None else ():
            if path.stem == str(os.getpid()):
                continue
            try:
                numbers = _DECODER.decode(path.read_bytes())
            except (OSError, msgspec.MsgspecError) as error:
                log.warning("numbers of another worker cannot be read reason=%s", error)
                continue
            (parts if psutil.pid_exists(int(path.stem)) else ended).append(numbers)
        return added(parts, ended)

    def _write(self) -> Numbers:
        own = self._own()
        if self._folder is not None:
            path = self._folder / f"{os.getpid()}.json"
            half = path.with_suffix(".half")
            try:
                half.write_bytes(msgspec.json.encode(own))
                half.replace(path)
            except OSError as error:
                log.warning("our numbers cannot be kept reason=%s", error)
        return own
