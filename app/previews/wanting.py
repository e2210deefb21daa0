"""Notes which messages want a preview. Runs in the transaction of the follower, which reads each change once.

So no message is left out, whatever dies, and posting has nothing to do with it.
"""

import asyncio
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from html import unescape

from sqlalchemy.ext.asyncio import AsyncConnection

from app.chat.markup.links import addresses
from app.chat.markup.markup import html_of
from app.chat.messages.parts.preview import SIGN
from app.previews import queries
from app.search.index.reading import Found

MAX_URL_CHARS = 2_000
OLD = timedelta(days=1)  # whatever is older when it comes was said elsewhere, and is brought in

_HREF = re.compile(r'<a href="(https?://[^"]+)"')


class Wanting:
    """One a process; `rung` is set when there is something to make."""

    def __init__(self, rung: asyncio.Event) -> None:
        self._rung = rung
        self._has_noted = False

    async def note(self, conn: AsyncConnection, changes: Iterable[Found]) -> None:
        """Note the links of what was written, and that those of what was changed are others or none now."""
        links = {(each.room, each.seq): link_in(each.body) for each in _living(changes)}
        wanted = [(*place, link) for place, link in links.items() if link]
        if wanted:
            await queries.want(conn, wanted)
        left = [(each.room, each.seq) for each in _living(changes) if each.number and not links[each.room, each.seq]]
        is_left = bool(left) and await queries.leave(conn, left)
        self._has_noted |= bool(wanted) or is_left

    def committed(self) -> None:
        """Ring for what was noted: now it can be taken."""
        if self._has_noted:
            self._has_noted = False
            self._rung.set()


def link_in(text: str) -> str | None:
    """The first link to the web in a message, as it is shown; None where it has none, or one that nobody types."""
    if SIGN not in text:
        return None
    html = html_of(text)
    if html is None:
        found = (address.href for address in addresses(text) if address.href.startswith(("http://", "https://")))
    else:
        found = (unescape(href) for href in _HREF.findall(html))
    link = next(found, None)
    return link if link and len(link) <= MAX_URL_CHARS else None


def _living(changes: Iterable[Found]) -> Iterable[Found]:
    """Those that are there. Of old messages, which the fill reads or an import brings, nobody asked for previews."""
    earliest = datetime.now(UTC) - OLD
    return (each for each in changes if not each.is_deleted and (each.number is not None or each.time > earliest))
