"""What a search answers, as JSON; see docs/PROTOCOL.md."""

from msgspec import Struct

from app.chat.wire.events import wire_time
from app.search.asking import cursor
from app.search.asking.answer import Hit
from app.search.service import Answered


class Indexing(Struct, frozen=True):
    """The index has all messages from `until` on so far; None: from no time on."""

    until: str | None


class Hits(Struct, frozen=True, omit_defaults=True):
    """A page of hits; what there is nothing to say about is left out."""

    hits: list[Hit]
    next: str | None
    took_ms: float
    until: str | None = None
    meant: str | None = None
    cut: bool = False
    indexing: Indexing | None = None


def as_wire(answered: Answered, took_s: float) -> Hits:
    """The answer of a search."""
    page = answered.page
    return Hits(
        hits=page.hits,
        next=None if page.below is None else cursor.written(page.below),
        took_ms=round(took_s * 1000, 1),
        until=None if page.until is None else wire_time(page.until),
        meant=answered.meant,
        cut=answered.is_cut,
        indexing=indexing_of(answered),
    )


def indexing_of(answered: Answered) -> Indexing | None:
    """How far the index is, where it lacks older messages."""
    if answered.indexing is None:
        return None
    since = answered.indexing.since
    return Indexing(None if since is None else wire_time(since))
