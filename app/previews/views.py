"""`GET /previews/{room}/{seq}`: the picture of a preview, for the members of the room; see docs/PROTOCOL.md."""

from aiohttp import web

from app.auth import user_of
from app.base.errors import NotFound
from app.db.driver.engine import ENGINE, autocommit
from app.files.keeping.keys import STORE
from app.files.serving.ranges import has_copy
from app.pictures.sniff import kind_of
from app.previews import queries
from app.web.asked import ID, id_in

routes = web.RouteTableDef()


@routes.get(f"/previews/{{room:{ID}}}/{{seq:{ID}}}")
async def picture(request: web.Request) -> web.Response:
    """The picture as our own decoder has made it; asked for each time, as a member may be one no more."""
    user = user_of(request)
    async with autocommit(request.app[ENGINE]).connect() as conn:
        found = await queries.picture(conn, user.id, id_in(request, "room"), id_in(request, "seq"))
    if found is None:
        raise NotFound()
    etag = f'"{found.sha256.hex()}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if has_copy(request.if_none_match, etag):
        return web.Response(status=304, headers=headers)
    body = b"".join([piece async for piece in request.app[STORE].read(found.id, 0, found.size)])
    return web.Response(body=body, content_type=kind_of(body).type, headers=headers)
