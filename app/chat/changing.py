"""Changes to a message that is there: edit, delete, react. Who may, and what is written.

One transaction a change. It locks the room first, as posting does, so changes and posts of a room come one after the
other, and what a statement reads behind the lock is the present state. A rollback leaves no gap in `rev`.
"""

from datetime import timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import BigInteger, Select, bindparam, delete, func, insert, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.chat import queries
from app.chat.commands import Change, Delete, Edit, React
from app.chat.events import Message
from app.db.schema import changes, memberships, mentions, messages, reactions, rooms, users
from app.errors import BadCommand, Forbidden, NotAMember

MAX_KINDS = 20
KEPT = timedelta(days=1)  # no client sends a change again after that
MAX_REACTIONS = 200  # of a message: all of them are told with each change of it


class Person(Struct, frozen=True):
    """Who wants to change something."""

    id: int
    is_admin: bool


class Place(Struct, frozen=True):
    """A room as its member finds it, locked."""

    person: Person
    last_rev: int


class Changed(Struct, frozen=True):
    """What became of a change.

    Attributes:
        seq, rev: of the message, in its present state.
        messages: all that this call changed, by rising rev: the message and those that quote it; none when there was
            nothing to do.
    """

    seq: int
    rev: int
    messages: list[Message]


async def change(engine: AsyncEngine, user_id: int, command: Change) -> Changed:
    """Do what a command says to a message; returns once it is committed.

    The same command again, known by its id for a day, is told what became of it, and does nothing.

    Raises:
        NotAMember: of the room.
        Forbidden: it is somebody else's message.
        BadCommand: there is no such message, or nothing can be done to it any more.
    """
    async with engine.begin() as conn:
        place = await _lock(conn, command.room, user_id)
        if place is None:
            raise NotAMember()
        message = await queries.message(conn, command.room, command.seq)
        if message is None:
            raise BadCommand(f"There is no message {command.seq} in this room.")
        if (rev := await _made_at(conn, user_id, command)) is not None:
            return Changed(message.seq, rev, [])
        count = await _write(conn, place.person, message, command)
        await _remember(conn, user_id, command, place.last_rev + 1 if count else message.rev)
        if not count:
            return Changed(message.seq, message.rev, [])
        _, changed = await queries.changes_after(conn, command.room, place.last_rev, count)
    return Changed(message.seq, changed[0].rev, changed)


async def _made_at(conn: AsyncConnection, user_id: int, command: Change) -> int | None:
    """The rev of a change that was made before. Asked for behind the lock: no other attempt is under way then."""
    theirs = changes.c.room_id == command.room, changes.c.user_id == user_id
    statement = select(changes.c.rev).where(*theirs, changes.c.client_id == command.id)
    rev: int | None = (await conn.execute(statement)).scalar_one_or_none()
    return rev


async def _remember(conn: AsyncConnection, user_id: int, command: Change, rev: int) -> None:
    """Note that a change was made, and forget those of more than a day ago."""
    theirs = changes.c.room_id == command.room, changes.c.user_id == user_id
    old = delete(changes).where(*theirs, changes.c.created_at < func.clock_timestamp() - KEPT).cte("old")
    values = {"room_id": command.room, "user_id": user_id, "client_id": command.id, "rev": rev}
    await conn.execute(insert(changes).values(values).add_cte(old))


async def _write(conn: AsyncConnection, person: Person, message: Message, command: Change) -> int:
    """Judge and write; how many messages changed, none when there was nothing to do."""
    match command:
        case Edit():
            return await _edit(conn, person, message, command.text)
        case Delete():
            return await _delete(conn, person, message)
        case React():
            return await _react(conn, person, message, command)


async def _edit(conn: AsyncConnection, person: Person, message: Message, text: str) -> int:
    if message.author.id != person.id:
        raise Forbidden("Only its author can edit a message.")
    if message.deleted:
        raise BadCommand("This message was deleted; it cannot be edited any more.")
    if message.text == text:
        return 0
    await _rewrite(conn, message, body=text, edited_at=func.clock_timestamp())
    return await _stamp(conn, message, _QUOTING)


async def _delete(conn: AsyncConnection, person: Person, message: Message) -> int:
    """Its row stays, for its number; what it said goes."""
    if message.author.id != person.id and not person.is_admin:
        raise Forbidden("Only its author or an administrator can delete a message.")
    if message.deleted:
        return 0
    await _rewrite(conn, message, body="", deleted_at=func.clock_timestamp())
    of_message = reactions.c.room_id == message.room, reactions.c.seq == message.seq
    await conn.execute(delete(reactions).where(*of_message))
    await conn.execute(delete(mentions).where(mentions.c.room_id == message.room, mentions.c.seq == message.seq))
    return await _stamp(conn, message, _QUOTING)


async def _react(conn: AsyncConnection, person: Person, message: Message, command: React) -> int:
    if message.deleted:
        raise BadCommand("This message was deleted; nobody can react to it any more.")
    there = {reaction.emoji: [each.id for each in reaction.people] for reaction in message.reactions}
    if (person.id in there.get(command.emoji, [])) == command.on:
        return 0
    row = {"room_id": message.room, "seq": message.seq, "emoji": command.emoji, "user_id": person.id}
    if command.on:
        _check_room_for(command.emoji, there)
        await conn.execute(insert(reactions).values(row))
    else:
        await conn.execute(delete(reactions).where(*(reactions.c[name] == value for name, value in row.items())))
    return await _stamp(conn, message)


def _check_room_for(emoji: str, there: dict[str, list[int]]) -> None:
    if emoji not in there and len(there) >= MAX_KINDS:
        raise BadCommand(f"This message has {MAX_KINDS} different reactions already; use one of them.")
    if sum(map(len, there.values())) >= MAX_REACTIONS:
        raise BadCommand(f"This message has {MAX_REACTIONS} reactions already; no more fit.")


async def _lock(conn: AsyncConnection, room_id: int, user_id: int) -> Place | None:
    """Lock a room until the end of the transaction, for one of its members; None for outsiders."""
    statement = (
        select(users.c.id, users.c.role, rooms.c.last_rev)
        .select_from(rooms.join(memberships, memberships.c.room_id == rooms.c.id))
        .join(users, users.c.id == memberships.c.user_id)
        .where(rooms.c.id == room_id, users.c.id == user_id)
        .with_for_update(of=rooms, key_share=True)
    )
    row = (await conn.execute(statement)).one_or_none()
    return Place(Person(row.id, row.role == "admin"), row.last_rev) if row is not None else None


async def _rewrite(conn: AsyncConnection, message: Message, **values: Any) -> None:
    where = messages.c.room_id == message.room, messages.c.seq == message.seq
    await conn.execute(update(messages).where(*where).values(values))


async def _stamp(conn: AsyncConnection, message: Message, *more: Select[Any]) -> int:
    """Give a message, and `more` after it, the next revs of its room, which is locked; how many they are."""
    touched = union_all(_ITSELF, *more).cte("touched")
    place = func.row_number().over(order_by=touched.c.seq)
    placed = select(touched.c.seq, place.label("place")).cte("placed")
    count = select(func.count()).select_from(placed).scalar_subquery()
    room = rooms.c.id == bindparam("room")
    raised = update(rooms).where(room).values(last_rev=rooms.c.last_rev + count).cte("raised")
    before = select(rooms.c.last_rev).where(room).scalar_subquery()  # as the statement found it
    statement = (
        update(messages)
        .where(messages.c.room_id == bindparam("room"), messages.c.seq == placed.c.seq)
        .values(rev=before + placed.c.place)
        .add_cte(raised)
    )
    return (await conn.execute(statement, {"room": message.room, "message": message.seq})).rowcount


_ITSELF = select(bindparam("message", type_=BigInteger).label("seq"))
# What they quote is a part of their state: who missed the change must not keep the old words.
_QUOTING = select(messages.c.seq).where(
    messages.c.room_id == bindparam("room"), messages.c.reply_to == bindparam("message")
)
