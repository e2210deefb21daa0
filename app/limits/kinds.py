"""The kinds of requests: how often each may be made, and how many of it may be under way at once.

A route needs no entry: what is not named here is a page, an answer in JSON, or a change, by its method and path.
"""

from dataclasses import dataclass
from typing import Final

from aiohttp import web

# Of a person `per_s` in the long run, and `burst` at once. Strangers are counted by their network, which may be that of
# a whole office: theirs is so many times that.
ADDRESS_RATE, ADDRESS_BURST = 4, 15


@dataclass(frozen=True, slots=True)
class Kind:
    """Requests that cost about the same.

    Attributes:
        queue: the name of the queue in `gate.py` in which they wait for their turn, or None: they have one elsewhere.
    """

    name: str
    per_s: float
    burst: int
    queue: str | None


# A browser that was restarted asks for each of its tabs at once, and a room for each of its pictures.
PAGE: Final = Kind("page", 5, 100, "reading")
READ: Final = Kind("read", 20, 200, "reading")
SEARCH: Final = Kind("search", 10, 60, "searching")
CHANGE: Final = Kind("change", 10, 100, "changing")
FILE: Final = Kind("file", 100, 3_000, "files")
UPLOAD: Final = Kind("upload", 20, 400, "files")
SAVE: Final = Kind("save", 0.05, 20, "saving")  # a whole room, or the whole chat
PASSWORD: Final = Kind("password", 2, 30, None)  # they wait where passwords are verified
PASSKEY: Final = Kind("passkey", 2, 30, "changing")  # counted as passwords are; nothing is to be hashed
SOCKET: Final = Kind("socket", 2, 100, None)  # is no longer a request as soon as it is one
KINDS: Final = (PAGE, READ, SEARCH, CHANGE, FILE, UPLOAD, SAVE, PASSWORD, PASSKEY, SOCKET)

# Of files that never change, and for monitors and routers: neither counted nor kept waiting.
FREE: Final = ("/static/", "/healthz", "/readyz", "/metrics")

_FILES: Final = ("/files/", "/avatars/", "/previews/")
_UPLOADS: Final = ("/api/uploads", "/settings/avatar", "/settings/import/file")
_PASSWORDS: Final = (
    *("/login", "/signin", "/settings/password", "/settings/email", "/settings/second-factor"),
    *("/settings/passkeys", "/settings/provider", "/settings/delete", "/reset/", "/forgot"),
)
_PASSKEYS: Final = ("/login/passkey", "/login/code/passkey")
_READING: Final = ("GET", "HEAD", "OPTIONS")


def kind_of(request: web.Request) -> Kind | None:
    """What a request is counted as; None where it is not."""
    return kind_at(request.method, request.path)


def kind_at(method: str, path: str) -> Kind | None:
    """What a request with this method to this path is counted as; None where it is not."""
    if path.startswith(FREE):
        return None
    if path == "/ws":
        return SOCKET
    if path.startswith(_FILES):
        return FILE
    if path.startswith(_UPLOADS):
        return UPLOAD
    if method not in _READING:
        if path.startswith(_PASSKEYS):
            return PASSKEY
        if path == "/settings/export" or (path.startswith("/rooms/") and path.endswith("/save")):
            return SAVE
        return PASSWORD if path.startswith(_PASSWORDS) else CHANGE
    if path == "/search" or path.startswith("/api/search"):
        return SEARCH
    return READ if path.startswith("/api/") else PAGE
