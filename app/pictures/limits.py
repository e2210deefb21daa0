"""What a picture may take, and how a process takes that for its own limits."""

import os
import resource

import msgspec

MIB = 1024 * 1024
_NOBODY = 65534


class Limits(msgspec.Struct, frozen=True):
    """What the decoding of one picture may take."""

    memory_bytes: int = 1024 * MIB  # of addresses, with about 60 MiB of Python's and Pillow's own
    cpu_s: int = 25
    deadline_s: float = 40  # on the clock, from the start of the process
    written_bytes: int = 128 * MIB  # each of what is made


def confine(limits: Limits) -> None:
    """Give this process its limits for good, and, if it is root's, no more rights than nobody has."""
    most = {
        resource.RLIMIT_AS: limits.memory_bytes,
        resource.RLIMIT_FSIZE: limits.written_bytes,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 32,
    }
    for name, value in most.items():
        resource.setrlimit(name, (value, value))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_s, limits.cpu_s + 1))  # SIGXCPU at the first, SIGKILL after
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
