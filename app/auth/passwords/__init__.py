"""Hashing and verifying passwords: slow on purpose, so never on the event loop, and by turns.

Owns the threads. No users and no database here.
"""

import asyncio
import base64
import hashlib
import hmac
import os
import sys
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import bcrypt

from app.auth.passwords.objections import objection
from app.auth.passwords.turns import TURN_S, Turns

__all__ = ["COST", "KNOWN_TURN_S", "STRANGERS_NICE", "THREADS", "Passwords", "Turns", "objection"]

COST = 12
THREADS = 1  # for each of both: another core is for those who chat
# Who is known logs in seldom. Twenty hostile accounts, each known where it logged in before, had half of a core with
# one log-in a minute in each of two processes.
KNOWN_TURN_S = 600.0
STRANGERS_NICE = 10  # what their threads get of a busy core is a tenth of what others get

# Not a secret: it only keeps these digests apart from any other HMAC of the same password.
_DOMAIN = b"parley password v1"
_VERSION = "v1:"

Result = TypeVar("Result")


class Passwords:
    """bcrypt on threads. Whoever calls has one of `turns`, and may have it from before to after the hashing.

    With `nice` the threads leave the cores to others where these have work, see nice(2).

    The password is normalised (NFKC) and hashed first, since bcrypt ends at 72 bytes and at a NUL.
    """

    def __init__(self, *, cost: int = COST, nice: int = 0, turn_s: float = TURN_S) -> None:
        self._cost = cost
        self.turns = Turns(THREADS, turn_s=turn_s)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="bcrypt", initializer=_be_nice, initargs=(nice,))
        # Well-formed, and of no password: verifying against it takes as long as against a real one.
        self._dummy = f"{_VERSION}$2b${cost:02}${'.' * 53}"

    async def hash(self, password: str) -> str:
        """The text to store."""
        digest = await self._run(bcrypt.hashpw, prehash(password), bcrypt.gensalt(self._cost))
        return _VERSION + digest.decode()

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether `stored` was made of `password`; with None, the same work and False."""
        version, _, digest = (stored or self._dummy).partition(":")
        if f"{version}:" != _VERSION:
            raise ValueError(f"a password hash of unknown version {version[:8]!r}")
        matches = await self._run(bcrypt.checkpw, prehash(password), digest.encode())
        return matches and stored is not None

    def close(self) -> None:
        """Let those who wait finish and end the threads."""
        self._threads.shutdown()

    async def _run(self, work: Callable[..., Result], *arguments: object) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)


def _be_nice(nice: int) -> None:
    if sys.platform == "linux":  # elsewhere it is the whole process that would be
        os.nice(nice)


def prehash(password: str) -> bytes:
    """What is hashed of a password."""
    normal = unicodedata.normalize("NFKC", password).encode()
    return base64.b64encode(hmac.digest(_DOMAIN, normal, hashlib.sha256))
