"""The manifest, the icon that Apple's devices look for, the service worker, its page, and where to share to."""

from collections.abc import Callable

import aiohttp_jinja2
import msgspec
from aiohttp import web

from app.auth import chat_settings_of, csrf_token, user_of
from app.chat.keys import HISTORY
from app.db.tables.sorting import sort_key
from app.edge.pages import STATIC
from app.shell.keys import WORKER
from app.shell.manifest import manifest
from app.shell.worker import PAGE

routes = web.RouteTableDef()
_FRESH = {"Cache-Control": "no-cache"}
_APPLE_ICON = STATIC / "img" / "icons" / "apple-180.png"


@routes.get("/manifest.webmanifest")
async def web_manifest(request: web.Request) -> web.Response:
    """What is installed."""
    static: Callable[[str], str] = aiohttp_jinja2.get_env(request.app).globals["static"]  # type: ignore[assignment]
    body = msgspec.json.encode(manifest((await chat_settings_of(request)).name, static))
    return web.Response(body=body, content_type="application/manifest+json", headers=_FRESH)


@routes.get("/apple-touch-icon.png")
async def apple_icon(request: web.Request) -> web.FileResponse:
    """The icon on the home screen of an iPhone, which is looked for at this address; no page has to name it."""
    return web.FileResponse(_APPLE_ICON, headers={"Cache-Control": "public, max-age=86400"})


@routes.get("/service-worker.js")
async def service_worker(request: web.Request) -> web.Response:
    """On top, as it serves all pages; browsers look for a newer one by themselves."""
    return web.Response(text=request.app[WORKER].script, content_type="text/javascript", headers=_FRESH)


@routes.get(PAGE)
async def offline(request: web.Request) -> web.Response:
    """The page of the shell, which the service worker shows where there is no network: the same for everybody."""
    return web.Response(text=request.app[WORKER].page, content_type="text/html", headers=_FRESH)


@routes.get("/share")
async def share(request: web.Request) -> web.Response:
    """Ask which room gets what another app shared; the service worker has it, and the page of the room takes it."""
    user = user_of(request)
    rooms = [room for room in await request.app[HISTORY].rooms(user.id) if not room.archived]
    context = {
        "user": user,
        "rooms": sorted(rooms, key=lambda each: (each.kind == "direct", sort_key(each.title(user.id)))),
        "brand": (await chat_settings_of(request)).name,
        "csrf_token": await csrf_token(request),
    }
    return aiohttp_jinja2.render_template("shell/share.html", request, context)
