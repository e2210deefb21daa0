"""One's own account and the provider: connected by who types the password, and disconnected likewise."""

from aiohttp import web

from app.auth import ACCOUNTS, user_of
from app.auth.entering import prove_again
from app.people.pages import page
from app.providers.keys import IDENTITIES
from app.providers.logging_in import send_away
from app.web.asked import typed
from app.web.forms import REFUSALS, form_fields, refused, with_status
from app.web.redirects import see_other

routes = web.RouteTableDef()
PAGE = "/settings/provider"
_DONE = {"connected": "Your account is connected.", "disconnected": "Your account is disconnected."}


@routes.get(PAGE)
async def own(request: web.Request) -> web.Response:
    """The page that says whether one's account is connected."""
    return await _page(request)


@routes.post(f"{PAGE}/connect")
async def connect(request: web.Request) -> web.Response:
    """Go to the provider, and be connected with whoever one is there."""
    try:
        await prove_again(request, (await form_fields(request)).get("password", ""))
        return await send_away(request, connects=user_of(request).id, back=PAGE)
    except REFUSALS as error:
        return with_status(await _page(request, **refused(error, {}, ()), refused="provider"), error)


@routes.post(f"{PAGE}/disconnect")
async def disconnect(request: web.Request) -> web.Response:
    """Log in with the password alone from now on."""
    try:
        await prove_again(request, (await form_fields(request)).get("password", ""))
        await request.app[IDENTITIES].disconnect(user_of(request))
    except REFUSALS as error:
        return with_status(await _page(request, **refused(error, {}, ()), refused="provider"), error)
    return see_other(f"{PAGE}?done=disconnected")


async def _page(request: web.Request, **more: object) -> web.Response:
    user = user_of(request)
    context: dict[str, object] = {
        "since": await request.app[IDENTITIES].connected_since(user),
        "has_password": await request.app[ACCOUNTS].has_password(user.id),
        "typed": {},
        "done": _DONE.get(typed(request, "done")),
    }
    return await page(request, "providers/own.html", **(context | more))
