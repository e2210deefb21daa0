"""Log in by the provider: there and back. What was begun is kept in the encrypted session cookie, for ten minutes."""

import hmac
import time
from dataclasses import asdict, replace
from typing import Any

from aiohttp import web
from aiohttp_session import get_session

from app.auth import ACCOUNTS, ON_PROVED, USER, user_of
from app.auth.entering import enter, invitation_in, visitor_of
from app.auth.public_address import public_address
from app.providers.failures import SignInFailed
from app.providers.keys import IDENTITIES, PROVIDER
from app.providers.provider import Begun
from app.recovery.cards import card
from app.web.asked import typed
from app.web.forms import REFUSALS, form_fields, refused, with_status
from app.web.proxy import own_origin
from app.web.redirects import MOST_KEPT_CHARS, safe_path, see_other

routes = web.RouteTableDef()
BEGUN_S = 10 * 60
_BACK, _BEGUN = "/login/provider/callback", "provider"


@routes.post("/login/provider")
async def log_in(request: web.Request) -> web.StreamResponse:
    """Begin to log in, or to create an account."""
    fields = await form_fields(request)
    wanted = safe_path(fields.get("next", "/"))
    if request[USER] is not None:
        return see_other(wanted)
    wanted = wanted if len(wanted) <= MOST_KEPT_CHARS else "/"
    try:
        return await send_away(request, wanted=wanted, shared="shared" in fields)
    except REFUSALS as error:
        return await _failed(request, error, "/login")


async def send_away(request: web.Request, **kept: object) -> web.Response:
    """A page that leads to the provider; `kept` is there again when the browser comes back.

    A redirect would not do: browsers hold `form-action 'self'` against where the answer to a form leads.
    """
    address = await public_address(request)
    if own_origin(request) != address:  # the cookie would stay behind
        raise SignInFailed(f"This works by the address {address} alone. Open this chat there.")
    url, begun = await request.app[PROVIDER].begin(f"{address}{_BACK}")
    (await get_session(request))[_BEGUN] = asdict(begun) | {"until": time.time() + BEGUN_S} | kept
    return await card(request, "providers/going.html", url=url)


@routes.get(_BACK)
async def come_back(request: web.Request) -> web.StreamResponse:
    """Log in whom the provider names, or connect them with who is logged in."""
    back = "/login"
    try:
        kept = await _kept(request)
        back = kept.get("back", back)
        if error := typed(request, "error"):
            raise request.app[PROVIDER].refused(error)
        begun = Begun(*(kept[name] for name in ("state", "nonce", "secret", "return_to")))
        person = await request.app[PROVIDER].person(begun, typed(request, "code"), typed(request, "iss"))
        if "connects" in kept:
            if user_of(request).id != kept["connects"]:
                raise SignInFailed("Somebody else logged in meanwhile. Connect your account again.")
            await request.app[IDENTITIES].connect(user_of(request), person)
            return see_other(f"{back}?done=connected")
        visitor = replace(visitor_of(request), is_shared=kept["shared"], by_provider=True)
        user = await request.app[IDENTITIES].user_of(person, visitor, await invitation_in(request))
        if (asks_more := await request.config_dict[ON_PROVED](request, user, visitor, kept["wanted"])) is not None:
            return asks_more
        token = await request.app[ACCOUNTS].enter(user, visitor)
    except REFUSALS as error:
        return await _failed(request, error, back)
    await enter(request, token, visitor)
    return see_other(safe_path(kept["wanted"]))


async def _kept(request: web.Request) -> dict[str, Any]:
    """What this browser began and now ends, once.

    Raises:
        SignInFailed: it began nothing, or something else, or too long ago.
    """
    session = await get_session(request)
    kept: dict[str, Any] = session.get(_BEGUN) or {}
    if not hmac.compare_digest(kept.get("state", "").encode(), typed(request, "state").encode()) or not kept:
        raise SignInFailed("This log-in was used already, or was begun in another browser or tab. Log in again.")
    del session[_BEGUN]
    if kept["until"] < time.time():
        raise SignInFailed("This log-in took too long. Log in again.")
    return kept


async def _failed(request: web.Request, error: Exception, back: str) -> web.Response:
    return with_status(await card(request, "providers/failed.html", back=back, **refused(error, {}, ())), error)
