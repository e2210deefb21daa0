"""Statements on rooms and their people, one function each. They never commit."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.chat.wire.events import Author
from app.db.finding import order, scattered, within
from app.db.schema import memberships, rooms, users

MAX_FOUND = 100  # rooms to join
MAX_PEOPLE_FOUND = 20
MAX_MEMBERS = 1_000  # of a list to look at
# As an `Author`.
_PERSON = (
    *(users.c.id, users.c.login, users.c.display_name, users.c.hue, users.c.avatar_id, users.c.namesake),
    users.c.role == "admin",
)
_MEMBER = (*_PERSON, users.c.disabled_at.is_not(None))


async def joinable(conn: AsyncConnection, user_id: int, words: str) -> list[sa.Row[Any]]:
    """Open living rooms that someone is not in, whose name or topic has `words` in it, with the number of members.

    First come those in which words begin so.
    """
    statement = _joinable(user_id).where(within(rooms.c.search_key, words))
    ordered = statement.order_by(order(rooms.c.search_key, words), rooms.c.sort_key, rooms.c.id)
    return [*await conn.execute(ordered.limit(MAX_FOUND))]


async def joinable_room(conn: AsyncConnection, user_id: int, room_id: int) -> sa.Row[Any] | None:
    """A room as `joinable` has it, if someone may join it."""
    found: sa.Row[Any] | None = (await conn.execute(_joinable(user_id).where(rooms.c.id == room_id))).one_or_none()
    return found


def _joinable(user_id: int) -> sa.Select[Any]:
    theirs = sa.exists().where(memberships.c.room_id == rooms.c.id, memberships.c.user_id == user_id)
    members = sa.select(sa.func.count()).where(memberships.c.room_id == rooms.c.id).scalar_subquery()
    return sa.select(rooms.c.id, rooms.c.name, rooms.c.topic, members.label("members")).where(
        rooms.c.kind == "open", rooms.c.archived_at.is_(None), ~theirs
    )


async def people_found(conn: AsyncConnection, words: str, but: int) -> list[Author]:
    """Living accounts, but for one, with the letters of `words`, in that order, in their login or name.

    First come those who are called so, then those whose login or a word of whose name begins so.
    """
    statement = (
        sa.select(*_PERSON)
        .where(scattered(users.c.search_key, words), users.c.disabled_at.is_(None), users.c.id != but)
        .order_by(order(users.c.search_key, words), users.c.sort_key, users.c.id)
        .limit(MAX_PEOPLE_FOUND)
    )
    return [Author(*row) for row in await conn.execute(statement)]


async def people_called(conn: AsyncConnection, logins: Collection[str]) -> list[Author]:
    """The accounts with these logins, also those that are switched off."""
    keys = sa.bindparam(None, [*logins], type_=ARRAY(sa.Text))
    found = sa.select(*_MEMBER).where(users.c.login == sa.func.any(keys)).order_by(users.c.id)
    return [Author(*row) for row in await conn.execute(found)]


@dataclass(frozen=True, slots=True)
class Standing:
    """A room, and what someone is in it."""

    kind: str
    name: str
    topic: str
    creator_id: int | None
    for_everyone: bool
    is_archived: bool
    is_member: bool


async def standing(conn: AsyncConnection, room_id: int, user_id: int) -> Standing | None:
    """What someone is in a room; None when there is no such room."""
    theirs = sa.exists().where(memberships.c.room_id == rooms.c.id, memberships.c.user_id == user_id)
    statement = sa.select(
        *(rooms.c.kind, rooms.c.name, rooms.c.topic, rooms.c.creator_id),
        *(rooms.c.for_everyone, rooms.c.archived_at.is_not(None), theirs),
    ).where(rooms.c.id == room_id)
    row = (await conn.execute(statement)).one_or_none()
    return Standing(*row) if row is not None else None


async def named_rooms(conn: AsyncConnection, words: str) -> list[sa.Row[Any]]:
    """All rooms that are not direct, whose name or topic has `words` in it, by name, with the number of members."""
    members = sa.select(sa.func.count()).where(memberships.c.room_id == rooms.c.id).scalar_subquery()
    columns = (rooms.c.id, rooms.c.kind, rooms.c.name, rooms.c.for_everyone, rooms.c.archived_at, rooms.c.last_seq)
    found = sa.select(*columns, rooms.c.retention_days, members.label("members")).where(rooms.c.kind != "direct")
    named = found.where(within(rooms.c.search_key, words))
    return [*await conn.execute(named.order_by(rooms.c.sort_key, rooms.c.id))]


async def has_another_for_everyone(conn: AsyncConnection, but: int) -> bool:
    """Whether new people land in another room than this one."""
    another = sa.select(rooms.c.id).where(rooms.c.for_everyone, rooms.c.id != but)
    return bool((await conn.execute(sa.select(sa.exists(another)))).scalar_one())


async def members(conn: AsyncConnection, room_id: int) -> list[Author]:
    """The first thousand people of a room, by name."""
    statement = (
        sa.select(*_MEMBER)
        .join(memberships, memberships.c.user_id == users.c.id)
        .where(memberships.c.room_id == room_id)
        .order_by(users.c.sort_key, users.c.id)
        .limit(MAX_MEMBERS)
    )
    return [Author(*row) for row in await conn.execute(statement)]


async def create_room(conn: AsyncConnection, creator_id: int, kind: str, name: str, name_key: str, topic: str) -> int:
    """The id of a room just made; violates `rooms_name_key_key` when the name is taken."""
    values = {"kind": kind, "name": name, "name_key": name_key, "topic": topic, "creator_id": creator_id}
    return int((await conn.execute(sa.insert(rooms).values(values).returning(rooms.c.id))).scalar_one())


def direct_key(user_ids: Collection[int]) -> str:
    """What the direct room of these people is unique by."""
    return "-".join(str(user_id) for user_id in sorted(user_ids))


async def direct_of(conn: AsyncConnection, direct_key: str) -> int | None:
    """The direct room of a set of people."""
    found: int | None = (
        await conn.execute(sa.select(rooms.c.id).where(rooms.c.direct_key == direct_key))
    ).scalar_one_or_none()
    return found


async def create_direct(conn: AsyncConnection, direct_key: str) -> int | None:
    """The id of a direct room just made, None when there is one."""
    statement = upsert(rooms).values(kind="direct", direct_key=direct_key).on_conflict_do_nothing()
    made: int | None = (await conn.execute(statement.returning(rooms.c.id))).scalar_one_or_none()
    return made


async def update_room(conn: AsyncConnection, room_id: int, lists_rev: int, values: dict[str, Any]) -> None:
    """Change a room, with its new `lists_rev`; violates `rooms_name_key_key` when its name is taken."""
    if "archived" in values:
        values["archived_at"] = sa.func.clock_timestamp() if values.pop("archived") else None
    await conn.execute(sa.update(rooms).where(rooms.c.id == room_id).values(lists_rev=lists_rev, **values))
