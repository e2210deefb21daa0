"""Hashing and verifying passwords: slow on purpose, so never on the event loop and never without a bound.

Owns the threads and the count of those who wait for one. No users and no database here.
"""

import asyncio
import base64
import functools
import hashlib
import hmac
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import bcrypt

from app.base.errors import Unavailable

PASSWORD_BYTES = range(8, 1025)
COST = 12
THREADS = 2
MAX_WAITING = 16

# Not a secret: it only keeps these digests apart from any other HMAC of the same password.
_DOMAIN = b"parley password v1"
_VERSION = "v1:"

Result = TypeVar("Result")


class Passwords:
    """bcrypt on `THREADS` threads, with at most `MAX_WAITING` callers in the queue.

    The password is normalised (NFKC) and hashed first, since bcrypt ends at 72 bytes and at a NUL.
    """

    def __init__(self, *, cost: int = COST) -> None:
        self._cost = cost
        self._busy = 0
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="bcrypt")
        # Well-formed, and of no password: verifying against it takes as long as against a real one.
        self._dummy = f"{_VERSION}$2b${cost:02}${'.' * 53}"

    async def hash(self, password: str) -> str:
        """The text to store.

        Raises:
            Unavailable: too many are waiting.
        """
        digest = await self._run(bcrypt.hashpw, _prehash(password), bcrypt.gensalt(self._cost))
        return _VERSION + digest.decode()

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether `stored` was made of `password`; with None, the same work and False.

        Raises:
            Unavailable: too many are waiting; nothing was verified.
        """
        version, _, digest = (stored or self._dummy).partition(":")
        if f"{version}:" != _VERSION:
            raise ValueError(f"a password hash of unknown version {version[:8]!r}")
        matches = await self._run(bcrypt.checkpw, _prehash(password), digest.encode())
        return matches and stored is not None

    def close(self) -> None:
        """Let those who wait finish and end the threads."""
        self._threads.shutdown()

    async def _run(self, work: Callable[..., Result], *arguments: object) -> Result:
        if self._busy >= THREADS + MAX_WAITING:
            raise Unavailable("Many people are logging in just now. Try again in a few seconds.", retry_after_s=3)
        self._busy += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        finally:
            self._busy -= 1


def objection(password: str, *names: str) -> str | None:
    """What to do about a password that is too short, too long, too common or one of its owner's `names`, or None."""
    size, folded = len(password.encode()), password.casefold()
    if size < PASSWORD_BYTES[0]:
        return f"Use at least {PASSWORD_BYTES[0]} characters."
    if size > PASSWORD_BYTES[-1]:
        return f"Use at most {PASSWORD_BYTES[-1]:,} bytes: that is as many plain letters."
    if folded in _common():
        return "This password is among the first that others would try. Choose another."
    if folded in {name.casefold() for name in names}:
        return "Your login or e-mail is the first that others would try. Choose another password."
    return None


@functools.cache
def _common() -> frozenset[str]:
    """The 3,000 commonest passwords of at least 8 characters, commonest first, all lower case.

    Made from the frequency list of the PyPI package `zxcvbn` 4.5.0 (MIT licence, Dropbox and contributors).
    """
    return frozenset(Path(__file__).with_name("common_passwords.txt").read_text("ascii").split())


def _prehash(password: str) -> bytes:
    normal = unicodedata.normalize("NFKC", password).encode()
    return base64.b64encode(hmac.digest(_DOMAIN, normal, hashlib.sha256))
