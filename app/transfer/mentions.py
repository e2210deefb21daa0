"""Mentions in what is brought in: a reader writes the key of whom it calls, and here it becomes what one types.

A key stands between two characters that belong to nobody; where they were typed, readers drop them.
"""

import re
from collections.abc import Mapping

_MARKED = re.compile("\ue000([^\ue000-\ue003]*)\ue001|\ue002([^\ue000-\ue003]*)\ue003")
_LEFT = re.compile("[\ue000-\ue003]")


def person(key: str) -> str:
    """What a reader writes for somebody."""
    return f"\ue000{key}\ue001"


def room(key: str) -> str:
    """What a reader writes for a room."""
    return f"\ue002{key}\ue003"


def typed(text: str) -> str:
    """A text of the source without the characters that mark mentions here."""
    return _LEFT.sub("", text)


class Resolver:
    """Puts logins and names of rooms in place of keys; `logins` and `names` have those of all that may be named."""

    def __init__(self, logins: Mapping[str, str], names: Mapping[str, str]) -> None:
        self._logins, self._names = logins, names

    def resolved(self, text: str) -> str:
        """The text as somebody would have typed it."""
        if "\ue000" not in text and "\ue002" not in text:
            return text
        return _LEFT.sub("", _MARKED.sub(self._one, text))

    def _one(self, found: re.Match[str]) -> str:
        if found[1] is not None:
            return f"@{self._logins.get(found[1], found[1])}"
        return f"#{self._names.get(found[2], found[2])}"
