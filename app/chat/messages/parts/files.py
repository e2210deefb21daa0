"""The files that a message carries: written by the statement that appends it, so that both are one commit.

`append.py` leaves this out where no message of a batch has files, so such messages cost nothing more.
"""

import uuid
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.dialects.postgresql import aggregate_order_by, array

from app.chat.messages.parts.part import Part
from app.db.pointers import pointers_to
from app.db.schema import attachments, files

_ONE: sa.ColumnElement[int] = sa.literal_column("1")  # it stands in the statement itself, as in `append.py`


class File(Struct, frozen=True, omit_defaults=True):
    """A file as messages show it; `GET /files/{id}/{name}` has its bytes.

    `kind` is picture, video, audio, text or file. The rest is of pictures: width and height in pixels, a tiny WebP in
    Base64 as `placeholder`, and the `reason` why one is shown as a file.
    """

    id: uuid.UUID
    name: str
    size: int
    type: str
    kind: str
    alt: str = ""
    width: int | None = None
    height: int | None = None
    placeholder: str | None = None
    reason: str | None = None


_CARRIED = msgspec.json.Decoder(list[File])


def _as_json(found: sa.FromClause) -> sa.ColumnElement[Any]:
    """A file as an object with the names of `File`; NULLs are left out there."""
    pairs = (part for name in File.__struct_fields__ for part in (sa.literal_column(f"'{name}'"), found.c[name]))
    return sa.func.json_strip_nulls(sa.func.json_build_object(*pairs))


def _column(found: sa.FromClause) -> sa.ColumnElement[str | None]:
    in_order = aggregate_order_by(_as_json(files), attachments.c.position)
    column = (
        sa.select(sa.cast(sa.func.json_agg(in_order), sa.Text))
        .join_from(attachments, files, files.c.id == attachments.c.file_id)
        .where(attachments.c.room_id == found.c.room_id, attachments.c.seq == found.c.seq)
    )
    return column.correlate(found).scalar_subquery()


def read(column: str | None) -> tuple[File, ...]:
    """The files in a column, in their order."""
    return tuple(_CARRIED.decode(column)) if column else ()


FILES = Part(field="files", column=_column, read=read, table=attachments)


class Carrying:
    """What makes an appending statement one of messages with files: `carriers` says for each file which item has it."""

    def __init__(self, batch: sa.CTE) -> None:
        given = (
            sa.func.unnest(
                sa.bindparam("carriers", type_=sa.ARRAY(sa.BigInteger)),
                sa.cast(sa.bindparam("file_ids", type_=sa.ARRAY(sa.Text)), sa.ARRAY(sa.Uuid)),
            )
            .table_valued("n", "file_id", with_ordinality="position", name="given")
            .render_derived()
        )
        # One look into the key a file, which LIMIT keeps the planner from replacing.
        fit = sa.select(files).where(
            files.c.id == given.c.file_id, files.c.owner_id == batch.c.author_id, files.c.whole_at.is_not(None)
        )
        file = fit.limit(_ONE).lateral("file")
        columns = (file.c[name] for name in File.__struct_fields__)
        self._carried = (
            sa.select(given.c.n, given.c.position, *columns)
            .select_from(given.join(batch, batch.c.n == given.c.n).outerjoin(file, sa.true()))
            .cte("carried")
        )
        unfit = sa.select(self._carried.c.n).where(self._carried.c.id.is_(None))
        self.is_fit: sa.ColumnElement[bool] = batch.c.n.not_in(unfit)

    def in_statement(self, statement: sa.Select[Any], batch: sa.CTE, fresh: sa.CTE) -> sa.Select[Any]:
        """The statement, which then attaches files, and returns for each item which it has, and whether they fit."""
        carried = self._carried
        rows = sa.select(fresh.c.room_id, fresh.c.seq, carried.c.position, carried.c.id).join_from(
            fresh, carried, carried.c.n == fresh.c.n
        )
        attached = sa.insert(attachments).from_select(["room_id", "seq", "position", "file_id"], rows)
        in_order = aggregate_order_by(_as_json(carried), carried.c.position)
        shown = sa.select(sa.cast(sa.func.json_agg(in_order), sa.Text)).where(carried.c.n == batch.c.n)
        return statement.add_columns(
            shown.correlate(batch).scalar_subquery().label("files"), self.is_fit.label("is_fit")
        ).add_cte(attached.cte("attached"))


def gone_with(room: sa.ColumnElement[int], seq: sa.ColumnElement[int], is_done: sa.ColumnElement[bool]) -> sa.CTE:
    """Delete the files that a message carries and nothing else points to; `blob_id` has the bytes that they leave."""
    theirs = sa.select(attachments.c.file_id).where(attachments.c.room_id == room, attachments.c.seq == seq)
    elsewhere = sa.or_(attachments.c.room_id != room, attachments.c.seq != seq)
    pointing = (
        sa.exists().where(pointer == files.c.id, *([elsewhere] if pointer is attachments.c.file_id else []))
        for pointer in pointers_to(files.c.id)
    )
    blob_ids = files.c.blob_id, files.c.small_id, files.c.large_id
    deleted = (
        sa.delete(files).where(files.c.id.in_(theirs), *(~each for each in pointing), is_done).returning(*blob_ids)
    )
    gone = deleted.cte("gone")
    return sa.select(sa.func.unnest(array([*gone.c])).label("blob_id")).cte("left_blobs")
