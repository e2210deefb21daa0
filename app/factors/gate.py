"""Who has no second factor where one is asked for sees nothing but the pages that set one up."""

from aiohttp import web
from aiohttp.typedefs import Handler

from app.auth.keys import LACKS_FACTOR
from app.base.errors import Forbidden
from app.web.redirects import see_other

PAGE = "/settings/second-factor"
PASSKEYS_PAGE = "/settings/passkeys"
_OPEN = (PAGE, f"{PAGE}/on", PASSKEYS_PAGE, f"{PASSKEYS_PAGE}/options", "/signout")


@web.middleware
async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Lead them to the first of these pages; a program is refused."""
    if not request[LACKS_FACTOR] or request.path in _OPEN or request.path.startswith("/static/"):
        return await handler(request)
    if request.method != "GET" or request.path == "/ws" or request.path.startswith("/api/"):
        raise Forbidden("This chat asks for a second factor. Set yours up first.")
    return see_other(PAGE)
