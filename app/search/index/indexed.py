"""What the index is to have of messages."""

import asyncio
from collections.abc import Iterable

from app.search.index.reading import Found
from app.search.index.terms import terms_of
from app.search.index.writing import Indexed


async def indexed(found: Iterable[Found]) -> list[Indexed]:
    """What the index is to have of messages.

    Others get their turn after each: a post takes several turns on its way, and each would wait for as long as we work.
    """
    made: list[Indexed] = []
    for message in found:
        if not message.is_deleted:
            made.append(_indexed(message))
        elif message.number is not None:
            made.append(Indexed(message.room, message.seq, message.number, None, message.time))
        await asyncio.sleep(0)
    return made


def _indexed(message: Found) -> Indexed:
    terms = terms_of(
        *(message.room, message.author, message.body, message.mentions or ()),
        has_reactions=message.has_reactions,
        files=message.files or (),
    )
    return Indexed(message.room, message.seq, message.number, terms, message.time)
