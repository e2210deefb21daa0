"""Uploads over HTTP, by the tus protocol; see docs/PROTOCOL.md."""

from uuid import UUID, uuid4

from aiohttp import web

from app.auth import user_of
from app.base.config import CONFIG
from app.base.errors import BadCommand, NotFound
from app.base.file_names import clean_name
from app.base.text import one_line
from app.chat.wire.events import encode
from app.files.uploads import tus
from app.files.uploads.arriving import arriving
from app.files.uploads.keys import UPLOADS
from app.files.uploads.service import MEGABYTE
from app.files.uploads.statements import Upload
from app.web.asked import place

routes = web.RouteTableDef()
_ONE = f"{tus.PATH}/{{upload}}"
MOST_ALT_CHARS = 1_000


@routes.options(tus.PATH)
@routes.options(_ONE)
async def offered(request: web.Request) -> web.Response:
    """What of the protocol there is."""
    most_bytes = request.config_dict[CONFIG].file_mb * MEGABYTE
    headers = {
        "Tus-Extension": tus.EXTENSIONS,
        "Tus-Max-Size": str(most_bytes),
        "Tus-Checksum-Algorithm": ",".join(tus.CHECKSUMS),
    }
    return web.Response(status=204, headers=headers)


@routes.post(tus.PATH)
async def begin(request: web.Request) -> web.Response:
    """Announce a file."""
    tus.check_version(request)
    user, size, given = user_of(request), tus.number(request, "Upload-Length"), tus.metadata(request)
    alt = one_line(given.get("alt", "")).strip()
    if len(alt) > MOST_ALT_CHARS:
        raise BadCommand(f"A description may have {MOST_ALT_CHARS:,} characters.")
    file_id = _uuid(given["id"]) if "id" in given else uuid4()
    if file_id is None:
        raise BadCommand("The id of a file must be a UUID.")
    uploads = request.app[UPLOADS]
    begun = await uploads.begin(user.id, file_id, size, clean_name(given.get("filename", "")), alt)
    uploads.judge_soon(begun)
    return web.Response(status=201, headers={"Location": f"{tus.PATH}/{begun.id}", **_offset(begun.received)})


@routes.head(_ONE)
async def offset(request: web.Request) -> web.Response:
    """Where an upload goes on."""
    tus.check_version(request)
    found = await _upload(request)
    request.app[UPLOADS].judge_soon(found)
    return web.Response(headers={**_offset(found.received), "Upload-Length": str(found.size)})


@routes.patch(_ONE)
async def receive(request: web.Request) -> web.Response:
    """Take bytes."""
    tus.check_version(request)
    tus.check_type(request)
    user, at = user_of(request), tus.number(request, "Upload-Offset")
    pieces = arriving(request.content)
    came = await request.app[UPLOADS].receive(user.id, _id(request), at, pieces, tus.checksum(request))
    return web.Response(status=204, headers=_offset(came))


@routes.delete(_ONE)
async def end(request: web.Request) -> web.Response:
    """Take an upload back."""
    tus.check_version(request)
    await request.app[UPLOADS].end(user_of(request).id, _id(request))
    return web.Response(status=204)


@routes.post(_ONE)
async def overridden(request: web.Request) -> web.StreamResponse:
    """What `X-HTTP-Method-Override` says, for those whose network lets nothing but GET and POST pass."""
    handler = {"HEAD": offset, "PATCH": receive, "DELETE": end}.get(request.headers.get("X-HTTP-Method-Override", ""))
    if handler is None:
        raise web.HTTPMethodNotAllowed(request.method, ["HEAD", "PATCH", "DELETE"])
    return await handler(request)


@routes.get(_ONE, allow_head=False)
async def state(request: web.Request) -> web.Response:
    """What became of a file: what it is, once a message may carry it; how far it is, before."""
    found = await _upload(request)
    uploads = request.app[UPLOADS]
    if found.has_all:
        await uploads.judged(found)
        if (file := await uploads.file(found)) is not None:
            return _json({"file": file})
    return _json({"received": found.received}, status=202)


async def _upload(request: web.Request) -> Upload:
    return await request.app[UPLOADS].find(user_of(request).id, _id(request))


def _id(request: web.Request) -> UUID:
    """Raises NotFound."""
    found = _uuid(place(request, "upload"))
    if found is None:
        raise NotFound
    return found


def _uuid(text: str) -> UUID | None:
    """A UUID in its usual spelling; Python takes braces and others, too."""
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text.lower() else None


def _offset(received: int) -> dict[str, str]:
    return {"Upload-Offset": str(received)}


def _json(value: object, status: int = 200) -> web.Response:
    return web.Response(body=encode(value), status=status, content_type="application/json", charset="utf-8")
