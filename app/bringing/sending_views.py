"""How an export comes to the server: in pieces from a script, which goes on after a cut, or at once from a form."""

from typing import Annotated

from aiohttp import web
from msgspec import Meta

from app.base.errors import BadForm
from app.bringing.files import announced
from app.bringing.keys import JOB
from app.bringing.views import PAGE, shown
from app.chat.wire.events import encode
from app.files.uploads.arriving import arriving
from app.people.pages import admin_of
from app.web.asked import Body, body, number
from app.web.forms import FILE_FORM_TYPE, REFUSALS, named_file_in
from app.web.redirects import see_other

routes = web.RouteTableDef()
_FILE = f"{PAGE}/file"
MOST_FILES = 10_000


class NewExport(Body, frozen=True):
    """A file that will come: number `number` of `count`, which have `total` bytes together."""

    name: str
    size: Annotated[int, Meta(ge=0, le=2**50)]
    number: Annotated[int, Meta(ge=1)] = 1
    count: Annotated[int, Meta(ge=1, le=MOST_FILES)] = 1
    total: Annotated[int, Meta(ge=1, le=2**50)] | None = None


@routes.post("/api/import")
async def begin(request: web.Request) -> web.Response:
    """Announce a file; the answer says how much of it is here already."""
    admin_of(request)
    asked = await body(request, NewExport)
    total = asked.size if asked.total is None else asked.total
    new = announced(asked.name, asked.size, asked.number, asked.count, total)
    return _received(await request.app[JOB].begin(new))


@routes.post(_FILE)
async def receive(request: web.Request) -> web.Response:
    """A piece, by a script, of what was announced last, behind its first `?at=` bytes; or a whole file, by a form."""
    admin_of(request)
    if request.content_type != FILE_FORM_TYPE:
        at = number(request, "at") or 0
        return _received(await request.app[JOB].receive(at, arriving(request.content)))
    try:
        name, pieces = await named_file_in(request, "export")
        if not name:
            raise BadForm({"export": "Choose a file first."})
        await request.app[JOB].receive_whole(name, request.content_length or 0, pieces)
    except REFUSALS as error:
        return await shown(request, error)
    return see_other(PAGE)


def _received(count: int) -> web.Response:
    return web.Response(body=encode({"received": count}), content_type="application/json", charset="utf-8")
