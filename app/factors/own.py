"""One's own second factor: set up with an app, confirmed by a code, switched off."""

from aiohttp import web
from aiohttp_session import get_session

from app.auth import ChatSettings, chat_settings_of, user_of
from app.auth.entering import prove_again, visitor_of
from app.auth.keys import LACKS_FACTOR
from app.base.errors import Forbidden
from app.factors import codes
from app.factors.gate import PAGE
from app.factors.keys import FACTORS
from app.people.pages import page
from app.web.asked import typed
from app.web.forms import REFUSALS, form_fields, refused, with_status
from app.web.redirects import see_other

routes = web.RouteTableDef()
# The secret that is being set up, in the encrypted session cookie until a code of it was typed.
_SECRET = "new_second_factor"  # noqa: S105 (a key)
_NEW_CODES = "factors/new_codes.html"
_DONE = {
    "off": "Your second factor is switched off.",
    "passkey": "Your passkey is added. Make recovery codes now, for the day when you cannot use it.",
}


@routes.get(PAGE)
async def second_factor(request: web.Request) -> web.Response:
    """The page to set up a second factor, or to switch it off."""
    return await _page(request)


@routes.post(f"{PAGE}/on")
async def switch_on(request: web.Request) -> web.Response:
    """Switch it on, with the password and a code; the answer shows the recovery codes, this once."""
    user, fields, cookie = user_of(request), await form_fields(request), await get_session(request)
    try:
        await prove_again(request, fields.get("password", ""))
        made = await request.app[FACTORS].switch_on(user, str(cookie.get(_SECRET, "")), fields.get("code", ""))
    except REFUSALS as error:
        return await _again(request, error)
    del cookie[_SECRET]
    return await page(request, "factors/recovery_codes.html", codes=made, done="Your second factor is switched on.")


@routes.post(f"{PAGE}/off")
async def switch_off(request: web.Request) -> web.Response:
    """Switch it off, with the password and a code."""
    user, fields = user_of(request), await form_fields(request)
    chat: ChatSettings = await chat_settings_of(request)
    try:
        if chat.second_factor and not (await request.app[FACTORS].factor_of(user.id)).passkeys:
            raise Forbidden("This chat asks everybody for a second factor.")
        await prove_again(request, fields.get("password", ""))
        address = visitor_of(request).address
        await request.app[FACTORS].use(user.id, fields.get("code", ""), address, and_remove=True)
    except REFUSALS as error:
        return await _again(request, error)
    return see_other(f"{PAGE}?done=off")


@routes.get(f"{PAGE}/codes")
async def ask_for_recovery_codes(request: web.Request) -> web.Response:
    """The page to make new recovery codes."""
    user_of(request)
    return await page(request, _NEW_CODES, typed={})


@routes.post(f"{PAGE}/codes")
async def make_recovery_codes(request: web.Request) -> web.Response:
    """Make new recovery codes, with the password; the answer shows them, this once."""
    user, fields = user_of(request), await form_fields(request)
    try:
        await prove_again(request, fields.get("password", ""))
        made = await request.app[FACTORS].new_recovery_codes(user)
    except REFUSALS as error:
        return with_status(await page(request, _NEW_CODES, **refused(error, {}, ()), refused="codes"), error)
    return await page(request, "factors/recovery_codes.html", codes=made, done="Codes from before work no more.")


async def _page(request: web.Request, **more: object) -> web.Response:
    user, cookie = user_of(request), await get_session(request)
    factor, context = await request.app[FACTORS].factor_of(user.id), dict[str, object]()
    if factor.secret is None:
        secret = cookie.setdefault(_SECRET, codes.new_secret())
        link = codes.link_of(secret, user.login, (await chat_settings_of(request)).name)
        context = {"link": link, "picture": codes.picture_of(link), "secret": secret}
    context |= {"factor": factor, "is_asked": request[LACKS_FACTOR], "typed": {}}
    context["done"] = _DONE.get(typed(request, "done"))
    return await page(request, "factors/own.html", **(context | more))


async def _again(request: web.Request, error: Exception) -> web.Response:
    return with_status(await _page(request, **refused(error, {}, ()), refused="factor"), error)
