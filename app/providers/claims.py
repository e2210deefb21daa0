"""What a provider says of a person, as far as it is used here; and what they may be called. Pure."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import regex

from app.auth import names

NUMBERED = 20  # tries for a login of each kind
_UNFIT = regex.compile(rf"[^{names.LOGIN_CHARACTERS}]+")


@dataclass(frozen=True)
class Person:
    """`email` is one that the provider has verified; `handle` and `name` are what it calls them, or empty."""

    issuer: str
    subject: str
    email: str | None = None
    handle: str = ""
    name: str = ""


def person_of(issuer: str, claims: Mapping[str, Any]) -> Person:
    """The person whom these claims are about."""
    email = None
    if claims.get("email_verified") in (True, "true"):  # some providers write it as text
        with suppress(names.BadName):
            email = names.email(_text(claims, "email"))
    handle = _text(claims, "preferred_username") or _text(claims, "email")
    return Person(issuer, str(claims["sub"]), email, handle.partition("@")[0], _text(claims, "name"))


def logins_for(person: Person) -> Iterator[str]:
    """Logins that the person may have if nobody else has them, those that are most like them first."""
    for basis in (person.handle, (person.email or "").partition("@")[0], person.name, "member"):
        plain = _UNFIT.sub(".", basis.strip()).strip(".")
        for number in range(1, NUMBERED + 1):
            tail = "" if number == 1 else str(number)
            with suppress(names.BadName):
                yield names.login(plain[: names.LOGIN_CHARS[-1] - len(tail)] + tail)


def names_for(person: Person, login: str) -> Iterator[str]:
    """What others may see, unless it passes for an administrator."""
    with suppress(names.BadName):
        yield names.display_name(person.name)
    yield login
    yield from (f"{login} {number}" for number in range(2, NUMBERED))


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value.strip() if isinstance(value, str) else ""
