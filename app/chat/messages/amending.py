"""Changes to a message that is there: edit, delete, react; and in which words they are refused.

One transaction a change, in one round trip: a statement locks the room, as posting does, so changes and posts of a room
come one after the other; the next, which therefore sees the present state, judges and writes (`amend.py`). A refusal or
a rollback leaves no gap in `rev`.
"""

from typing import Any

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncEngine

from app.base.errors import AppError, BadCommand, Forbidden, NotAMember, RoomArchived
from app.chat.markup.markup import read
from app.chat.messages.amend import DONE, LOCK, MADE_BEFORE, NOTHING, STATEMENTS
from app.chat.wire.commands import Change, Edit, React
from app.db.driver.kept import direct
from app.db.driver.prepared import run_in_turn

MAX_KINDS = 20
MAX_REACTIONS = 200  # of a message: all of them are told with each change of it


class Changed(Struct, frozen=True):
    """What became of a change: the `rev` that the message has from it, and whom its new text calls in vain."""

    rev: int
    unheard: tuple[str, ...]
    off: tuple[str, ...]


async def change(engine: AsyncEngine, user_id: int, command: Change) -> Changed:
    """Do what a command says to a message; returns what became of it, once that is committed.

    Where there is nothing to do it is the rev that the message has. The same command again, known by its id for a day,
    is told what became of it, and does nothing. Messages that quote the changed one get the revs that follow.

    Raises:
        NotAMember: of the room.
        Forbidden: it is somebody else's message.
        RoomArchived: it can be deleted there, and nothing else.
        BadCommand: there is no such message, or nothing can be done to it any more.
    """
    parameters: dict[str, Any] = {"room": command.room, "seq": command.seq, "user": user_id, "id": command.id.hex}
    match command:
        case Edit():
            logins = read(command.text).called
            parameters |= {"text": command.text, "logins": [*logins], "callers": [1 for _ in logins]}
        case React():
            parameters |= {"emoji": command.emoji, "on": command.on}
            parameters |= {"max_kinds": MAX_KINDS, "max_reactions": MAX_REACTIONS}
    async with direct(engine) as conn:
        rows = await run_in_turn(conn, (LOCK, STATEMENTS[type(command)]), parameters)
    if not rows:
        raise NotAMember()
    ((verdict, rev, *vain),) = rows
    if verdict not in (DONE, NOTHING, MADE_BEFORE):
        raise _refusal(verdict, command)
    return Changed(rev, *(tuple(sorted(logins or ())) for logins in vain))


def _refusal(verdict: str, command: Change) -> AppError:
    match verdict, command:
        case "absent", _:
            return BadCommand(f"There is no message {command.seq} in this room.")
        case "not theirs", Edit():
            return Forbidden("Only its author can edit a message.")
        case "not theirs", _:
            return Forbidden("Only its author or an administrator can delete a message.")
        case "deleted", Edit():
            return BadCommand("This message was deleted; it cannot be edited any more.")
        case "archived", _:
            return RoomArchived("This room is archived: nothing changes here any more.")
        case "deleted", _:
            return BadCommand("This message was deleted; nobody can react to it any more.")
        case "too many kinds", _:
            return BadCommand(f"This message has {MAX_KINDS} different reactions already; use one of them.")
        case "too many", _:
            return BadCommand(f"This message has {MAX_REACTIONS} reactions already; no more fit.")
    raise AssertionError(f"no words for the verdict: {verdict}")
