"""What browsers ask of notices, as JSON. See docs/PROTOCOL.md."""

from aiohttp import web

from app.auth import SESSION_ID, user_of
from app.base.errors import NotLoggedIn
from app.notices.keys import NOTICES, VAPID
from app.notices.requests import InUse, Subscription, reached
from app.web.asked import body

routes = web.RouteTableDef()


@routes.get("/api/notices")
async def state(request: web.Request) -> web.Response:
    """The key to subscribe with, and by which endpoint this session has notices; "" where it has none."""
    session_id, _ = _who(request)
    notices, vapid = request.app[NOTICES], request.app[VAPID]
    return web.json_response(
        {
            "key": await vapid.public_key(),
            "endpoint": await notices.endpoint_of(session_id),
        }
    )


@routes.post("/api/notices/browser")
async def switch_on(request: web.Request) -> web.Response:
    """Have notices in this browser, by its push service."""
    session_id, user_id = _who(request)
    given = reached(await body(request, Subscription))
    await request.app[NOTICES].switch_on(session_id, user_id, given)
    return web.json_response({})


@routes.post("/api/notices/browser/pages")
async def switch_on_pages(request: web.Request) -> web.Response:
    """Have notices in this browser, which has no push service: while a page is open."""
    await request.app[NOTICES].switch_on(*_who(request), None)
    return web.json_response({})


@routes.delete("/api/notices/browser")
async def switch_off(request: web.Request) -> web.Response:
    """Have no notices in this browser any more."""
    await request.app[NOTICES].switch_off(_who(request)[0])
    return web.json_response({})


@routes.post("/api/notices/in-use")
async def in_use(request: web.Request) -> web.Response:
    """A page is before somebody's eyes, for the next 45 s; or it is no longer."""
    given = await body(request, InUse)
    await request.app[NOTICES].in_use(*_who(request), is_in_use=given.is_in_use)
    return web.json_response({})


def _who(request: web.Request) -> tuple[int, int]:
    """The ids of the session and of the user."""
    user, session_id = user_of(request), request[SESSION_ID]
    if session_id is None:
        raise NotLoggedIn
    return session_id, user.id
