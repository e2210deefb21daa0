"""What the page of a room gives to its scripts: data in the page itself, as one JSON text."""

from markupsafe import Markup
from msgspec import Struct

from app.chat.wire.events import Author, RoomState, encode


class PageState(Struct, frozen=True):
    """All that scripts do not read from the messages; `epoch`, `user` and `limits` as in `hello`.

    `marked` is the seq of the message that the address names, or 0.
    """

    epoch: str
    user: Author
    is_admin: bool
    room: RoomState
    has_older: bool
    has_newer: bool
    marked: int
    limits: dict[str, int]
    csrf_token: str


def as_island(state: PageState) -> Markup:
    """The JSON for a `<script type="application/json">`, whatever people call themselves and their rooms.

    Without `<` nothing in it can end the element or begin a comment; in JSON it can stand only in strings, where its
    escape means the same.
    """
    return Markup(encode(state).decode().replace("<", "\\u003c"))  # noqa: S704 (escaped for this place)
