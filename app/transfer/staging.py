"""Messages on their way into the database: they are put into tables of this session, where they are sorted.

No room is locked meanwhile, and nothing is left of them if this ends. A message is named by a UUID that is made of
where it comes from, which becomes its client id: what is here already is found by that.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import text

from app.base.text import is_visible, normal_text
from app.chat.wire.emoji import fully_qualified, is_emoji
from app.transfer.mentions import Resolver
from app.transfer.records import Message
from app.transfer.rows import Lines
from app.transfer.staged.own import Own
from app.transfer.staged.tables import ORPHANS, READY, TABLES

AT_ONCE = 5_000


@dataclass
class Staged:
    """How many messages were read, what they became, and how many were too long or say nothing.

    `orphans` answer what is neither in the export nor here; `unknown` are reactions that are no emoji, or none that
    Parley has.
    """

    read: int = 0
    rows: int = 0
    split: int = 0
    empty: int = 0
    files: int = 0
    orphans: int = 0
    unknown: int = 0


@dataclass(frozen=True)
class Places:
    """Where the messages go: the ids of all rooms and people that they name, by their keys."""

    source: str
    rooms: Mapping[str, int]
    people: Mapping[str, int]
    resolver: Resolver


async def stage(own: Own, places: Places, messages: Iterable[Message]) -> Staged:
    """Put messages there, in one transaction of the caller's."""
    for table in TABLES:
        await own.execute(text(table))
    staged = Staged()
    rest = iter(messages)
    copying = own.copy({})
    while some := [*islice(rest, AT_ONCE)]:
        lines = Lines(places.source, staged.rows)
        for message in some:
            _add(staged, lines, message, places)
        staged.files += len(lines.files)
        await copying  # of the batch before, beside which this one was made
        copying = own.copy(
            {
                "staged": lines.staged,
                "staged_files": lines.files,
                "staged_reactions": lines.reactions,
                "staged_gone": lines.gone,
            }
        )
    await copying
    named = {"source": places.source, "rooms": [*places.rooms.values()]}
    for statement in READY:
        await own.execute(text(statement), named)
    staged.orphans = (await own.execute(text(ORPHANS))).scalar_one()
    return staged


def _add(staged: Staged, lines: Lines, message: Message, places: Places) -> None:
    staged.read += 1
    body = _body(message, places.resolver)
    files = () if message.is_deleted else message.files
    room = places.rooms[message.room]
    if message.is_deleted or message.id or files or is_visible(body):
        parts = lines.add(message, body, files, room, places.people[message.author])
        staged.rows += parts
        staged.split += parts > 1
    else:
        staged.empty += 1
    for reaction in message.reactions:
        emoji = fully_qualified(reaction.emoji)
        if is_emoji(emoji):
            lines.react(message, room, emoji, places.people[reaction.person], reaction.at or message.at)
        else:
            staged.unknown += 1


def _body(message: Message, resolver: Resolver) -> str:
    """The text as it is kept; what Parley exported is so already."""
    if message.is_deleted:
        return ""
    return message.text if message.id else normal_text(resolver.resolved(message.text).replace("\0", ""))
