"""Whom a text calls: `@login`, or `@all`. Pure: who of them is there to hear it, the statement that appends finds."""

import regex

from app.auth.names import LOGIN_CHARS, login_key
from app.chat.markup import prose

ALL = "all"
EVERYONE = 0  # among the ids of those mentioned
FEW = 50  # where fewer are, everybody may call them all; elsewhere only admins
MAX_CALLED = 20

# Not in an address, be it of a page or of e-mail.
_CALL = regex.compile(r"(?<![\p{L}\p{M}\p{N}._/@-])@([\p{L}\p{M}\p{Nd}._-]{3,64})")


def called(text: str) -> tuple[str, ...]:
    """The logins that a text may mean, outside of code, in the order of the text.

    “@bob.” may mean `bob.` or, more likely, `bob` at the end of a sentence: both are told.
    """
    if "@" not in text:
        return ()
    found: dict[str, None] = {}
    for typed in _CALL.findall(prose(text)):
        login = login_key(typed)
        found |= dict.fromkeys((login, login.rstrip("._-")))
    return tuple(login for login in found if len(login) in LOGIN_CHARS)[:MAX_CALLED]
