"""Why the database does not do what it was asked: in a sentence for people, and in PostgreSQL's own words for the log.

SQLSTATEs are those of PostgreSQL's manual, appendix A. While a connection is made libpq gives none, so there the words
of the server say which it was.
"""

from typing import Any, NamedTuple

from sqlalchemy import exc

from app.base.errors import Unavailable

FULL, READ_ONLY, NO_CONNECTION = "53100", "25006", "53300"
STARTING, SHUT_DOWN, MEMORY, NO_RIGHT = "57P03", "57P01", "53200", "42501"

SENTENCES = {
    FULL: "The disk of the server is full. An administrator has to make room.",
    READ_ONLY: "The database takes no writes just now, as after a failover. The server keeps trying.",
    NO_CONNECTION: "The database has no connection free. The server keeps trying.",
    MEMORY: "The database is out of memory. The server keeps trying.",
    STARTING: "The database is starting, or recovering from a crash. The server keeps trying.",
    SHUT_DOWN: "The database ended the connection. The server keeps trying.",
    NO_RIGHT: "The database does not let the server write. An administrator has to grant it that.",
}
TOO_SLOW = "The database does not answer in time. The server keeps trying."
TOO_BUSY = "Too many wait for the database just now. Try again in a moment."
OUT_OF_REACH = Unavailable.default_message

# What stands for an SQLSTATE in the words with which a connection is refused.
_WORDS = {
    "No space left on device": FULL,
    "session is read-only": READ_ONLY,
    "too many clients": NO_CONNECTION,
    "too many connections": NO_CONNECTION,
    "connection slots are reserved": NO_CONNECTION,
    "the database system is starting up": STARTING,
    "the database system is in recovery mode": STARTING,
    "not yet accepting connections": STARTING,
    "the database system is shutting down": SHUT_DOWN,
}
# SQLSTATEs that mean the same as another one, or nearly.
_SAME = {"57P02": STARTING, "57P05": SHUT_DOWN, "53000": MEMORY, "53400": NO_CONNECTION}
_TOO_LATE = ("57014", "55P03", "25P03")  # a timeout of a statement, a lock, a transaction
# The classes whose messages name our tables and settings, but no value: of the others even the first sentence may.
_WITHOUT_VALUES = ("08", "25", "40", "42", "53", "54", "55", "57", "58", "XX")


class Cause(NamedTuple):
    """`sentence` is for people, `reason` for the log: what PostgreSQL said, without any value."""

    sentence: str
    reason: str


def cause_of(error: BaseException) -> Cause:
    """What is behind an error that a statement or a connection raised."""
    said: Any = getattr(error, "orig", None) or error
    code = getattr(said, "pgcode", None)
    if code is None:
        return _without_code(error, said)
    sentence = TOO_SLOW if code in _TOO_LATE else SENTENCES.get(_SAME.get(code, code), OUT_OF_REACH)
    primary = getattr(said.diag, "message_primary", None) or str(said)
    words = primary if code.startswith(_WITHOUT_VALUES) else type(said).__name__
    return Cause(sentence, f"{_one_line(words)} ({code})")


def _without_code(error: BaseException, said: BaseException) -> Cause:
    """No server gave a verdict, or it did while the connection was made."""
    if isinstance(error, exc.TimeoutError):
        return Cause(TOO_BUSY, "no connection of the pool became free")
    words = _one_line(str(said))
    code = next((code for part, code in _WORDS.items() if part in words), None)
    if code is not None:
        return Cause(SENTENCES[code], f"{words} ({code})")
    return Cause(TOO_SLOW if isinstance(said, TimeoutError) else OUT_OF_REACH, words or type(said).__name__)


def unavailable(error: BaseException) -> Unavailable:
    """The refusal that tells a person why, for any of `DATABASE_GONE`."""
    return Unavailable(cause_of(error).sentence)


def _one_line(text: str) -> str:
    return " ".join(text.split())
