"""Memory of a serving process: the garbage collector's rounds, and what goes back to the system after a rush."""

import asyncio
import ctypes
import gc
import logging
import time

import psutil

from app.base.log_fields import fields

log = logging.getLogger(__name__)

GC_THRESHOLD = (20_000, 20, 50)  # new objects, then rounds, until each generation's next one

LOOK_S = 10.0
WORTH_BYTES = 8 * 1024 * 1024
QUIET_CORES = 0.1  # whoever works less than this can spare a tenth of a second


def settle() -> None:
    """Leave what stays for good out of the garbage collector's rounds, and let it make fewer of them.

    Otherwise it walks through all modules in each: with 1,000 sockets, 90 ms in which nobody gets anything.
    """
    gc.freeze()  # with no round before: it would take a tenth of a start, and find half a megabyte
    gc.set_threshold(*GC_THRESHOLD)
    gc.enable()


async def give_back_for_ever() -> None:
    """Give back what a rush took, once it is over: when we have grown by `WORTH_BYTES` and have little to do; endless.

    Connections that ended are cycles of objects. Rounds of the collector come with new objects, so after a rush none
    does; and what Python frees, malloc keeps.
    """
    kept, spent_s = resident(), time.process_time()
    while True:
        await asyncio.sleep(LOOK_S)
        before_s, spent_s = spent_s, time.process_time()
        kept = min(kept, resident())
        if spent_s - before_s < QUIET_CORES * LOOK_S and resident() - kept >= WORTH_BYTES:
            before = resident()
            give_back()
            kept = resident()
            log.debug("memory given back", extra=fields(before=before, after=kept))


def give_back() -> None:
    """Collect all garbage, and return free memory to the system, where its malloc can (glibc's, see malloc_trim(3))."""
    gc.collect()
    if hasattr(_LIBC, "malloc_trim"):
        _LIBC.malloc_trim(0)


def resident() -> int:
    """Bytes of ours that are in memory."""
    return int(psutil.Process().memory_info().rss)


_LIBC = ctypes.CDLL(None)
