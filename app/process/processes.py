"""Child processes that never outlive us, and those that leave the machine to others."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1  # linux/prctl.h
NICE = 10


def dies_with_us(last_signal: signal.Signals) -> Callable[[], None] | None:
    """For `Popen(preexec_fn=…)`: the kernel sends the child `last_signal` as soon as we are gone, however we died.

    Linux only; None elsewhere. Two traps: the kernel forgets the wish when the child changes its user, so it is made
    here, after `Popen(user=…)` has switched; and "we" are the *thread* that starts the child, so start it from the
    main thread, which ends last.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl  # looked up before the fork: afterwards as little as possible may run
    parent = os.getpid()

    def ask_the_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, int(last_signal))
        if os.getppid() != parent:  # we died before the wish was made
            os._exit(1)

    return ask_the_kernel


def give_way() -> None:
    """Leave the cores to whoever else wants them: of a busy one we get a tenth of what others get, see nice(2).

    Linux may compare sessions first (sched(7), "The autogroup feature"): one of our own gives way as well.
    """
    os.nice(NICE)
    if os.getsid(0) == os.getpid():
        with suppress(OSError):  # there is no such thing here
            Path("/proc/self/autogroup").write_text(str(NICE))
