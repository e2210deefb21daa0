"""What stands behind a link of a message: written by `app/previews/` after the message stands, shown here.

Its author may take it away; it then stays away while the message has that link.
"""

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, FromClause, Text, case, cast, exists, func, select, update

from app.base.errors import Forbidden
from app.chat.messages.parts.amendment import (
    IS_NOT_THEIRS,
    NOTHING,
    ROOM,
    SEQ,
    Kind,
    Rule,
    Verdict,
    word,
)
from app.chat.messages.parts.part import Part
from app.chat.wire.commands import HidePreview
from app.db.schema import previews

SIGN = "://"  # of the links that get a preview: those without it, such as www.example.org, get none


class PreviewPicture(Struct, frozen=True):
    """The size of the picture in pixels; `GET /previews/{room}/{seq}` has it."""

    width: int
    height: int


class Preview(Struct, frozen=True, omit_defaults=True):
    """What a page says of itself."""

    url: str
    title: str
    description: str = ""
    site: str = ""
    picture: PreviewPicture | None = None


_MADE = msgspec.json.Decoder(tuple[str, str, str, str, int | None, int | None])
_is_made = previews.c.state == word("made")


def _column(found: FromClause) -> ColumnElement[str | None]:
    said = (previews.c[name] for name in ("url", "title", "description", "site", "width", "height"))
    column = select(cast(func.json_build_array(*said), Text)).where(
        previews.c.room_id == found.c.room_id, previews.c.seq == found.c.seq, _is_made
    )
    return case((func.strpos(found.c.body, SIGN) > 0, column.correlate(found).scalar_subquery()))  # few have links


def _read(column: str) -> Preview:
    url, title, description, site, width, height = _MADE.decode(column)
    picture = PreviewPicture(width, height) if width and height else None
    return Preview(url, title, description, site, picture)


_its_own = previews.c.room_id == ROOM, previews.c.seq == SEQ, _is_made

_RULES = (
    Rule(IS_NOT_THEIRS, "not theirs", lambda: Forbidden("Only its author can take a preview away.")),
    Rule(~exists().where(*_its_own), NOTHING),
)


def _hide() -> Kind:
    verdict = Verdict(_RULES)
    hidden = update(previews).where(*_its_own, verdict.is_done).values(state=word("hidden"))
    return Kind(statement=verdict.answered(hidden, *verdict.renumbered()), rules=_RULES)


PREVIEW = Part(field="preview", column=_column, read=_read, table=previews, amendments={HidePreview: _hide()})
