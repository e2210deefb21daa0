"""The step after the password: a code or a passkey.

What was proved is kept in the encrypted session cookie, for five minutes.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aiohttp import web
from aiohttp_session import get_session

from app.auth import ACCOUNTS
from app.auth.entering import enter, visitor_of
from app.auth.identity import check_local
from app.auth.sessions import Proven, Visitor
from app.base.errors import WrongPassword
from app.factors import codes
from app.factors.keys import FACTORS
from app.factors.service import proof_of
from app.recovery.cards import card
from app.web.forms import REFUSALS, form_fields, refused, with_status
from app.web.redirects import safe_path, see_other

routes = web.RouteTableDef()
PROVED_S = 5 * 60
_PAGE, _TEMPLATE, _PROVED = "/login/code", "factors/code.html", "proved"


async def ask_for_code(request: web.Request, user: Proven, visitor: Visitor, wanted: str) -> web.Response | None:
    """Keep that the password was right, and lead to the page that asks for more; None where no more is needed."""
    if not (await request.app[FACTORS].factor_of(user.id)).is_asked:
        return None
    proved = {"user": user.id, "proof": proof_of(user), "until": codes.now() + PROVED_S}
    (await get_session(request))[_PROVED] = proved | {
        "wanted": wanted,
        "shared": visitor.is_shared,
        "by_provider": visitor.by_provider,
    }
    return see_other(_PAGE)


@routes.get(_PAGE)
async def code_form(request: web.Request) -> web.StreamResponse:
    """The page that asks for a code or a passkey, for who has proved the password."""
    proved = await proved_in(request)
    return see_other("/login") if proved is None else await _page(request, proved)


@routes.post(_PAGE)
async def log_in_with_code(request: web.Request) -> web.StreamResponse:
    """Log in with a code, of the app or for recovery."""
    if (proved := await proved_in(request)) is None:
        return see_other("/login")
    visitor = visitor_who(request, proved)
    factors, fields = request.app[FACTORS], await form_fields(request)
    try:
        user = await factors.proved_before(proved["user"], proved["proof"])
        await factors.use(user.id, fields.get("code", ""), visitor.address)
        token = await request.app[ACCOUNTS].enter(user, visitor)
    except WrongPassword:
        return see_other("/login")
    except REFUSALS as error:
        return with_status(await _page(request, proved, **refused(error, {}, ())), error)
    await enter(request, token, visitor)
    return see_other(safe_path(proved["wanted"]))


async def _page(request: web.Request, proved: dict[str, Any], **more: object) -> web.Response:
    factor = await request.app[FACTORS].factor_of(proved["user"])
    return await card(request, _TEMPLATE, **({"focus": "code", "factor": factor} | more))


async def proved_in(request: web.Request) -> dict[str, Any] | None:
    """What was kept of a password that was right; None where there is nothing, or it is too old."""
    proved: dict[str, Any] | None = (await get_session(request)).get(_PROVED)
    if proved is None or codes.now() >= float(proved["until"]):
        return None
    if not proved.get("by_provider"):
        check_local(request)
    return proved


def visitor_who(request: web.Request, proved: Mapping[str, Any]) -> Visitor:
    """The visitor who proved this a moment ago."""
    return replace(visitor_of(request), is_shared=proved["shared"], by_provider=bool(proved.get("by_provider")))
