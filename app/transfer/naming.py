"""What people of an export are called here: a login that is free, and a name that passes for nobody else's."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import regex
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.auth import names
from app.auth.names import BadName
from app.base.reserved import has_title
from app.base.skeleton import skeleton
from app.db.schema import users
from app.transfer.records import Person

_NOT_OF_A_LOGIN = regex.compile(rf"[^{names.LOGIN_CHARACTERS}]+")
# Signs of a login that are taken in some places only: o'brien, marcel·la.
_NOT_EVERYWHERE = regex.compile(r"[^\p{L}\p{M}\p{Nd}._-]+")
_AROUND = f".-_{names.APOSTROPHES}{names.MIDDLE_DOTS}"
_LONGEST = names.LOGIN_CHARS[-1]
_UNKNOWN = "unknown"


@dataclass
class Logins:
    """Gives logins, each once; `numbers` says which number was tried last behind a login."""

    _given: set[str] = field(default_factory=set)
    _skeletons: set[str] = field(default_factory=set)
    _numbers: dict[str, int] = field(default_factory=dict)

    async def give(self, conn: AsyncConnection, people: Sequence[Person]) -> dict[str, str]:
        """A login for each, by the key, that Parley takes and that is nobody's, as near to the source's as can be."""
        given: dict[str, str] = {}
        waiting = {person.key: _wanted(person) for person in people}
        while waiting:
            tried = {key: self._next(wanted) for key, wanted in waiting.items()}
            taken = await _taken(conn, tried.values())
            given |= {key: login for key, login in tried.items() if login not in taken}
            waiting = {key: wanted for key, wanted in waiting.items() if key not in given}
        return given

    def _next(self, wanted: str) -> str:
        """The next that was not tried: the login itself, then with a number."""
        while True:
            number = self._numbers[wanted] = self._numbers.get(wanted, 0) + 1
            login = wanted if number == 1 else f"{wanted[: _LONGEST - len(str(number)) - 1]}.{number}"
            alike = skeleton(login)
            if login not in self._given and alike not in self._skeletons:
                self._given.add(login)
                self._skeletons.add(alike)
                return login


async def _taken(conn: AsyncConnection, logins: Iterable[str]) -> set[str]:
    """Those of some logins that somebody has, or that look like somebody's."""
    alike: dict[str, str] = {skeleton(login): login for login in logins}
    same = or_(users.c.login.in_([*alike.values()]), users.c.skeleton.in_([*alike]))
    taken: set[str] = set()
    for row in await conn.execute(select(users.c.login, users.c.skeleton).where(same)):
        taken |= {row.login, alike.get(row.skeleton, row.login)}
    return taken


async def skeletons_of_admins(conn: AsyncConnection) -> set[str]:
    """What logins and names of administrators look like."""
    rows = await conn.execute(select(users.c.skeleton, users.c.name_skeleton).where(users.c.role == "admin"))
    return {each for row in rows for each in row if each}


def name_for(person: Person, login: str, admins: set[str]) -> str:
    """The name that is shown; one that passes for an administrator's, or that nobody can read, gives way."""
    if person.stored is not None:
        return person.name
    typed = re.sub(r"\s+", " ", person.name)[: names.DISPLAY_NAME_CHARS[-1]]
    try:
        name = names.display_name(typed)
    except BadName:
        name = login
    if person.kind == "bot" and "bot" not in name.casefold():
        name = f"{name[: names.DISPLAY_NAME_CHARS[-1] - len(' (bot)')]} (bot)"
    return login if has_title(name) or skeleton(name) in admins else name


def email_of(person: Person) -> str | None:
    """Their address, if it is one."""
    try:
        return names.email(person.email) if person.email else None
    except BadName:
        return None


def _wanted(person: Person) -> str:
    if person.stored is not None:
        return names.login_key(person.login)  # an older Parley may have had another form of it
    wanted = [person.login, (person.email or "").partition("@")[0], person.name, person.key]
    if person.kind == "bot":
        wanted = [f"{each}-bot" for each in wanted if each]
    return next((login for each in wanted if (login := _fit(each)) is not None), f"{_UNKNOWN}-{person.kind}")


def _fit(text: str) -> str | None:
    whole = _NOT_OF_A_LOGIN.sub(".", names.login_key(text)).strip(_AROUND)[:_LONGEST].rstrip(_AROUND)
    plain = _NOT_EVERYWHERE.sub(".", whole)
    for candidate in (whole, plain, f"{plain}.x", f"{plain}.{plain}"):
        try:
            return names.login(candidate[:_LONGEST])
        except BadName:
            continue
    return None
