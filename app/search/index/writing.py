"""Writing to the index, one process at a time. Nothing commits here."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.schema import instance, search, search_heads, search_segments
from app.db.tables.search import SEGMENT_BITS, search_number
from app.search.index.terms import WORDS_VERSION

ADVISORY_LOCK = 0x534541524348  # "SEARCH"


class Indexed(NamedTuple):
    """What the index is to have of a message: nothing, where `terms` is None.

    `number` is where it stands; None for a new one, which gets the next number.
    """

    room_id: int
    seq: int
    number: int | None
    terms: str | None
    created_at: datetime


class Head(NamedTuple):
    """How far a room is in the index."""

    room_id: int
    rev: int
    filled_seq: int


_INDEXED = {"room_id": sa.BigInteger(), "seq": sa.BigInteger(), "number": sa.BigInteger(), "terms": sa.Text()}
_INDEXED |= {"created_at": sa.DateTime(timezone=True), "n": sa.BigInteger()}
_HEAD = {"room_id": sa.BigInteger(), "rev": sa.BigInteger(), "filled_seq": sa.BigInteger()}


def _rows(name: str, types: Mapping[str, Any]) -> Any:
    """A table of rows that are given as one text, so that neither we nor PostgreSQL's parser look at each value."""
    columns = (sa.Column(column, each) for column, each in types.items())
    given = sa.cast(sa.cast(sa.bindparam(name, type_=sa.Text), sa.Text), sa.JSON)
    return sa.func.json_to_recordset(given).table_valued(*columns).render_derived(name=name, with_types=True)


def given(entries: Sequence[Indexed], heads: Sequence[Head]) -> dict[str, str]:
    """The parameters of `WRITE`."""
    return {"indexed": _as_text(entries), "head": _as_text(heads)}


def _as_text(rows: Sequence[Indexed | Head]) -> str:
    """What `_rows` reads; `n` numbers them."""
    return msgspec.json.encode([row._asdict() | {"n": n} for n, row in enumerate(rows)]).decode()


def _numbered(entry: sa.CTE) -> sa.CTE:
    """The entries that have terms, in their order; those without a number get the next ones."""
    living = sa.select(entry).where(entry.c.terms.is_not(None)).order_by(entry.c.n).subquery("living")
    number = sa.func.coalesce(living.c.number, search_number.next_value()).label("number")
    return sa.select(number, *(living.c[name] for name in ("room_id", "seq", "terms", "created_at"))).cte("numbered")


def _write() -> sa.Select[Any]:
    entry, head = sa.select(_rows("indexed", _INDEXED)).cte("indexed"), _rows("head", _HEAD)
    numbered = _numbered(entry)
    names = ["number", "room_id", "seq", "terms"]
    entries = insert(search).from_select(names, sa.select(*(numbered.c[name] for name in names)))
    heads = insert(search_heads).from_select([*_HEAD], sa.select(*(head.c[name] for name in _HEAD)))
    segment = numbered.c.number.op(">>")(SEGMENT_BITS)
    oldest = sa.select(segment, sa.func.min(numbered.c.created_at)).group_by(segment)
    segments = insert(search_segments).from_select(["segment", "began"], oldest)
    gone = sa.delete(search).where(
        search.c.room_id == entry.c.room_id, search.c.seq == entry.c.seq, entry.c.terms.is_(None)
    )
    return sa.select(sa.func.count()).add_cte(
        heads.on_conflict_do_update(
            index_elements=["room_id"], set_={name: heads.excluded[name] for name in ("rev", "filled_seq")}
        ).cte("heads"),
        entries.on_conflict_do_update(
            index_elements=["room_id", "seq"],
            set_={"terms": entries.excluded.terms},
            where=search.c.terms != entries.excluded.terms,
        ).cte("entries"),
        segments.on_conflict_do_update(
            index_elements=["segment"],
            set_={"began": segments.excluded.began},
            where=search_segments.c.began > segments.excluded.began,
        ).cte("segments"),
        gone.cte("gone"),
    )


_LOCK = sa.select(sa.func.pg_try_advisory_xact_lock(ADVISORY_LOCK))
WRITE = _write()
# Not only older ones: who goes back to an older Parley searches by its words.
_OTHER_WORDS = sa.update(instance).where(instance.c.words_version != WORDS_VERSION).values(words_version=WORDS_VERSION)
_last = sa.select(sa.func.max(search.c.seq)).where(search.c.room_id == search_heads.c.room_id).scalar_subquery()
_TO_THE_FILL = sa.update(search_heads).values(
    filled_seq=sa.func.greatest(search_heads.c.filled_seq, sa.func.coalesce(_last, sa.literal_column("0")) + 1)
)
_SORT_IN = sa.select(sa.func.gin_clean_pending_list("search_terms_idx"))


async def is_ours(conn: AsyncConnection) -> bool:
    """Whether this transaction may write to the index: no other one is at it. It may until it ends."""
    return bool((await conn.execute(_LOCK)).scalar_one())


async def renew(conn: AsyncConnection) -> bool:
    """Leave all lines to the fill, to be written again, if their terms are not as we make them; whether there are such.

    Until then messages are found by the terms that they have. The transaction must be one that may write.
    """
    if not (await conn.execute(_OTHER_WORDS)).rowcount:
        return False
    return (await conn.execute(_TO_THE_FILL)).rowcount > 0  # of a new database there is nothing to write again


async def write(conn: AsyncConnection, entries: list[Indexed], heads: list[Head]) -> None:
    """Write entries, in the order of their time, and how far their rooms are in the index then.

    What GIN has only put on its list is sorted in: each segment that is asked for would read the whole list.
    """
    await conn.execute(WRITE, given(entries, heads))
    if entries:
        await conn.execute(_SORT_IN)
