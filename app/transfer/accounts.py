"""People of an export become people here: those who are known are found, for the others accounts are made.

Somebody is found by what an earlier import wrote, by their e-mail, or by their login; never by the name that is shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from msgspec import to_builtins
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.auth import names
from app.auth.lookalikes import lock_names, mark_namesakes
from app.chat.memberships.members import join_rooms_for_everyone
from app.db.schema import imported_people, users
from app.files.avatars import Avatars
from app.transfer.carrying import pieces
from app.transfer.naming import Logins, email_of, name_for, skeletons_of_admins
from app.transfer.records import BadExport, Person

__all__ = ["Account", "find", "keep", "lock_names", "make"]

AT_ONCE = 500


@dataclass(frozen=True)
class Account:
    """Who somebody of the export is here; `how` is `known`, `email`, `login` or `made`."""

    id: int
    login: str
    how: str


async def find(conn: AsyncConnection, source: str, people: Mapping[str, Person]) -> dict[str, Account]:
    """Those of an export who are here already, by their key."""
    known = select(imported_people.c.key, users.c.id, users.c.login).join_from(imported_people, users)
    rows = await conn.execute(known.where(imported_people.c.source == source))
    found = {row.key: Account(row.id, row.login, "known") for row in rows}
    rest = iter([person for key, person in people.items() if key not in found and person.kind != "bot"])
    while some := [*islice(rest, AT_ONCE)]:
        by_email, by_login = await _with_emails(conn, some), await _with_logins(conn, some)
        for person in some:
            account = by_email.get(names.email_key(person.email or "")) or by_login.get(_known_as(person))
            if account is not None:
                found[person.key] = account
    return found


async def _with_emails(conn: AsyncConnection, people: Sequence[Person]) -> dict[str, Account]:
    """Those who have the addresses of these people.

    As for who logs in: an address that nobody has verified is that of the only account that has it.
    """
    wanted = {names.email_key(person.email) for person in people if person.email} - {""}
    columns = users.c.id, users.c.login, users.c.email, users.c.email_verified_at
    verified, claimed = dict[str, Account](), dict[str, list[Account]]()
    for row in await conn.execute(select(*columns).where(users.c.email.in_(wanted)).order_by(users.c.id)):
        account = Account(row.id, row.login, "email")
        if row.email_verified_at:
            verified[row.email] = account
        else:
            claimed.setdefault(row.email, []).append(account)
    return {email: accounts[0] for email, accounts in claimed.items() if len(accounts) == 1} | verified


async def _with_logins(conn: AsyncConnection, people: Sequence[Person]) -> dict[tuple[str, datetime | None], Account]:
    wanted = {names.login_key(person.login) for person in people if person.login}
    found = await conn.execute(select(users.c.id, users.c.login, users.c.deleted_at).where(users.c.login.in_(wanted)))
    return {(row.login, row.deleted_at): Account(row.id, row.login, "login") for row in found}


def _known_as(person: Person) -> tuple[str, datetime | None]:
    """The login of a former member is but a number in each chat: whoever left at that very moment is the same."""
    return names.login_key(person.login), person.stored.deleted_at if person.stored else None


async def pictures_of(avatars: Avatars, people: Iterable[Person]) -> tuple[dict[str, int], int]:
    """The pictures of people, by their key, as they are kept; how many cannot be shown. They need their owners soon."""
    made, missing = dict[str, bytes](), 0
    for person in people:
        if person.avatar is not None:
            try:
                content = b"".join([piece async for piece in pieces(person.avatar, avatars.most_bytes)])
                picture = await avatars.made(content)
            except BadExport:
                picture = None
            if picture is None:
                missing += 1
            else:
                made[person.key] = picture
    return {key: await avatars.keep(picture) for key, picture in made.items()}, missing


async def make(
    conn: AsyncConnection, people: Iterable[Person], passwords: Mapping[str, str], avatars: Mapping[str, int]
) -> dict[str, Account]:
    """Make accounts for these, by their key; those who are no `person` can never log in.

    `passwords` are hashes, and `avatars` what is kept of pictures, by key; without a password, a link lets its person
    choose one (`users reset-link`). The caller holds `lock_names`.
    """
    made, logins, admins = dict[str, Account](), Logins(), await skeletons_of_admins(conn)
    now = await conn.scalar(select(func.clock_timestamp()))
    rest = iter(people)
    while some := [*islice(rest, AT_ONCE)]:
        given = await logins.give(conn, some)
        named = {person.key: name_for(person, given[person.key], admins) for person in some}
        rows = [
            _row(person, given[person.key], named[person.key], passwords, now) | {"avatar_id": avatars.get(person.key)}
            for person in some
        ]
        statement = insert(users).returning(users.c.id, sort_by_parameter_order=True)
        ids = [*await conn.scalars(statement, rows)]
        made |= {each.key: Account(id, given[each.key], "made") for each, id in zip(some, ids, strict=True)}
        await join_rooms_for_everyone(conn, *(made[each.key].id for each in some if each.kind == "person"))
        await mark_namesakes(conn, *named.values())
    return made


def _row(person: Person, login: str, name: str, passwords: Mapping[str, str], now: datetime | None) -> dict[str, Any]:
    values: dict[str, Any] = {
        "login": login,
        "display_name": name,
        "email": email_of(person),
        "email_verified_at": None,
        "password_hash": passwords.get(person.key),
        "role": "admin" if person.is_admin and person.stored is not None else "member",
        "created_at": now,
        "disabled_at": None if person.kind == "person" else now,
        "hue": None,
    }
    if person.stored is not None:
        values |= to_builtins(person.stored, builtin_types=(datetime,))
    return values


async def keep(conn: AsyncConnection, source: str, accounts: Mapping[str, Account]) -> None:
    """Note who is who, for the next import."""
    rows = [
        {"source": source, "key": key, "user_id": account.id}
        for key, account in accounts.items()
        if account.how != "known"
    ]
    if rows:
        await conn.execute(insert(imported_people), rows)
