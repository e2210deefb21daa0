"""What an operator does about rooms from the command line, whether Parley runs or not."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncConnection

from app.base.config import AddressConfig
from app.base.errors import AppError, BadConfig, NotAMember
from app.chat.memberships import numbering
from app.chat.messages.expiry import MOST_COUNTED, count_older
from app.people.command_line import as_table, id_of, in_transaction
from app.rooms import changing, commands, queries
from app.rooms.changing import OPERATOR
from app.rooms.commands import UpdateRoom

Work = Callable[[AsyncConnection], Awaitable[str]]


def rooms(config: AddressConfig, url: str, wanted: str) -> str:
    """The rooms whose name or topic has `wanted` in it, a line each, by name. What a few say directly is none.

    Raises:
        BadConfig
    """

    async def find(conn: AsyncConnection) -> str:
        lines = [("NUMBER", "KIND", "STATE", "PEOPLE", "MESSAGES", "DAYS", "NAME")]
        for each in await queries.named_rooms(conn, wanted):
            state = "archived" if each.archived_at else "for everyone" if each.for_everyone else "living"
            days = str(each.retention_days or "all")
            lines.append((str(each.id), each.kind, state, str(each.members), str(each.last_seq), days, each.name))
        return as_table(lines)

    return asyncio.run(in_transaction(config, url, find))


def people(config: AddressConfig, url: str, room: int) -> str:
    """The first thousand people of a room, a line each, by name.

    Raises:
        BadConfig: there is no such room, or the database cannot be used.
    """

    async def find(conn: AsyncConnection) -> str:
        found = await queries.standing(conn, room, OPERATOR.id)
        if found is None or found.kind == "direct":
            raise NotAMember
        members = await queries.members(conn, room)
        return as_table([("LOGIN", "NAME"), *((each.login, each.name) for each in members)])

    return _done(config, url, room, find)


def update(config: AddressConfig, url: str, room: int, change: UpdateRoom) -> str:
    """Change what a room is like.

    Raises:
        BadConfig: there is no such room, it cannot be so, or the database cannot be used.
    """

    async def make(conn: AsyncConnection) -> str:
        rev = await numbering.raise_lists_rev(conn)
        before = await changing.may_update(conn, OPERATOR, room, change)
        with changing.naming():
            await changing.update(conn, rev, OPERATOR, room, before, change)
        name = before.name if change.name is UNSET else change.name
        if change.archived is UNSET:
            return f"“{name}” is so now."
        return f"“{name}” is archived: nobody posts there." if change.archived else f"“{name}” lives again."

    return _done(config, url, room, make)


def retention(config: AddressConfig, url: str, room: int, days: int | None) -> str:
    """Have messages of a room deleted after so many days, or never; raises as `update` does."""
    change = UpdateRoom(retention_days=days)

    async def make(conn: AsyncConnection) -> str:
        older = 0 if days is None else await count_older(conn, room, days)
        rev = await numbering.raise_lists_rev(conn)
        before = await changing.may_update(conn, OPERATOR, room, change)
        await changing.update(conn, rev, OPERATOR, room, before, change)
        said = f"In “{before.name}” messages stay {changing.stay(days)}."
        return f"{said} {_going(older)}" if older else said

    return _done(config, url, room, make)


def _going(older: int) -> str:
    if older == 1:
        return "1 is older, and goes within about an hour."
    return f"{'At least ' if older == MOST_COUNTED else ''}{older:,} are older, and go from within an hour on."


def add(config: AddressConfig, url: str, room: int, logins: Sequence[str]) -> str:
    """Add people to a room; all that was said before counts as read by them. Raises as `update` does.

    Raises:
        BadConfig: also where nobody has one of these logins, or the account is switched off: nobody is added then.
    """

    async def put(conn: AsyncConnection) -> str:
        rev = await numbering.raise_lists_rev(conn)
        new = [person.login for person in await changing.add(conn, rev, room, logins)]
        found = await queries.standing(conn, room, OPERATOR.id)
        assert found is not None  # noqa: S101 (as somebody was just added, or could have been)
        where = f"in “{found.name}”"
        were = len({*commands.logins([*logins])} - {*new})
        said = [f"{_listed(new)} {'is' if len(new) == 1 else 'are'} {where} now."] if new else []
        if were:
            said.append(f"{were} {'was' if were == 1 else 'were'} {where} before.")
        return " ".join(said)

    return _done(config, url, room, put)


def _listed(logins: Sequence[str]) -> str:
    return ", ".join(f"“{login}”" for login in logins)


def remove(config: AddressConfig, url: str, room: int, login: str) -> str:
    """Take somebody out of a room; raises as `update` does.

    Raises:
        BadConfig: also where nobody has this login, or it is their only room.
    """

    async def take(conn: AsyncConnection) -> str:
        rev = await numbering.raise_lists_rev(conn)
        person = await id_of(conn, login)
        found = await changing.may_remove(conn, OPERATOR, room, person)
        if not await changing.remove(conn, rev, OPERATOR, room, found, person):
            raise BadConfig(f"“{login}” is not in “{found.name}”.")
        return f"“{login}” is no more in “{found.name}”."

    return _done(config, url, room, take)


def _done(config: AddressConfig, url: str, room: int, work: Work) -> str:
    try:
        return asyncio.run(in_transaction(config, url, work))
    except NotAMember as error:
        raise BadConfig(f"There is no room number {room}: `rooms list` shows them.") from error
    except BadConfig:
        raise
    except AppError as error:
        raise BadConfig(error.message) from error
