"""The forms: create account, log in, sign out."""

from collections.abc import Mapping
from urllib.parse import urlencode

import aiohttp_jinja2
from aiohttp import web
from aiohttp.typedefs import Handler
from aiohttp_session import get_session, new_session

from app.auth import forms
from app.auth.cookies import CSRF, FORMER_CSRF, TOKEN, csrf_token, is_csrf_token, is_known, remember
from app.auth.identity import chat_settings_of, user_of
from app.auth.invitations import token_in
from app.auth.keys import ACCOUNTS, USER
from app.auth.names import account_key
from app.auth.service import Visitor
from app.base.errors import BadCsrf, BadForm, SignUpClosed, StaleForm, WrongPassword
from app.web.forms import REFUSALS, form_fields, refused, with_status
from app.web.proxy import client_address
from app.web.redirects import safe_path, see_other

routes = web.RouteTableDef()
LOG_IN, SIGN_UP, SIGN_OUT = "auth/login.html", "auth/signin.html", "auth/signout.html"
CLOSED = "auth/closed.html"
# What was typed is shown again, except passwords.
_KEPT = ("login", "email", "display_name")
# In the session cookie, so that it is in no address, no log and no other site's hands once it was followed.
_INVITATION = "invitation"


@routes.get("/login")
async def log_in_form(request: web.Request) -> web.StreamResponse:
    """The form to log in."""
    return await _form(request, LOG_IN)


@routes.get("/signin")
async def sign_up_form(request: web.Request) -> web.StreamResponse:
    """The form to create an account, for who may."""
    if request[USER] is None:
        try:
            await request.config_dict[ACCOUNTS].check_admission(await _invitation(request))
        except SignUpClosed as refusal:
            return await _form_again(request, CLOSED, request.query, refusal)
    return await _form(request, SIGN_UP)


@routes.get(r"/invite/{token:(?s:.+)}")
async def follow_invitation(request: web.Request) -> web.StreamResponse:
    """Remember the invitation in this browser, and go to the form; nothing is counted before an account is made."""
    if request[USER] is not None:
        return see_other("/")
    (await get_session(request))[_INVITATION] = token_in(request.match_info["token"])
    return see_other("/signin")


@routes.post("/login")
async def log_in(request: web.Request) -> web.StreamResponse:
    """Log in."""
    fields = await form_fields(request)
    try:
        given = forms.credentials(fields)
        token = await request.config_dict[ACCOUNTS].log_in(given.login_or_email, given.password, _visitor(request))
    except REFUSALS as error:
        return await _form_again(request, LOG_IN, fields, error)
    return await _enter(request, token, fields)


@routes.post("/signin")
async def sign_up(request: web.Request) -> web.StreamResponse:
    """Create an account, and log in with it."""
    fields, invitation = await form_fields(request), await _invitation(request)
    accounts = request.config_dict[ACCOUNTS]
    try:
        await accounts.check_admission(invitation)  # before anything is to be corrected or hashed
        account = forms.new_account(fields)
        token = await accounts.sign_up(account, _visitor(request), invitation)
    except REFUSALS as error:
        # Without an invitation there is no form to correct; with a dead one, a new link makes what was typed good.
        is_closed = isinstance(error, SignUpClosed) and not invitation
        return await _form_again(request, CLOSED if is_closed else SIGN_UP, fields, error)
    return await _enter(request, token, fields)


@routes.get("/signout")
async def sign_out_form(request: web.Request) -> web.StreamResponse:
    """The page that asks whether to sign out."""
    return await _page(request, SIGN_OUT, "/", user=user_of(request))


@routes.post("/signout")
async def sign_out(request: web.Request) -> web.StreamResponse:
    """Sign out."""
    # No Clear-Site-Data: pages are `no-store`, so there is no cache to clear, and storage holds unsent messages.
    response = see_other("/login")
    if await is_known(request):
        remember(request, response)
    await _leave(request)
    return response


# The same forms when their token is not that of the browser: another tab logged in or out while they were open.


async def log_in_with_old_form(request: web.Request) -> web.StreamResponse:
    return await _go_on(request, log_in, LOG_IN)


async def sign_up_with_old_form(request: web.Request) -> web.StreamResponse:
    return await _go_on(request, sign_up, SIGN_UP)


async def sign_out_with_old_form(request: web.Request) -> web.StreamResponse:
    """Go to the form to log in, for who is logged out already."""
    if request[USER] is not None:
        raise BadCsrf
    return see_other("/login")


async def _go_on(request: web.Request, form: Handler, template: str) -> web.StreamResponse:
    """Log in by such a form, if that is safe.

    Whoever is logged in as the person they typed goes on. A form from before this browser logged in counts as it is.
    Any other comes back with the new token, to be sent again.

    Raises:
        BadCsrf: nothing was typed, so it was no form of ours.
    """
    fields, user = await form_fields(request), request[USER]
    typed = fields.get("login", "")
    if not typed:
        raise BadCsrf
    if user is not None and account_key(typed) == user.login:
        return see_other(safe_path(fields.get("next", "/")))
    if await is_csrf_token(request, fields.get("csrf_token", ""), FORMER_CSRF):
        return await form(request)
    return await _form_again(request, template, fields, StaleForm())


async def _form(request: web.Request, template: str) -> web.StreamResponse:
    wanted = safe_path(request.query.get("next", "/"))
    if request[USER] is not None:
        return see_other(wanted)
    return await _page(request, template, wanted)


async def _invitation(request: web.Request) -> str:
    """The token of the invitation that this browser followed last; empty without one."""
    return str((await get_session(request)).get(_INVITATION, ""))


async def _form_again(
    request: web.Request, template: str, fields: Mapping[str, str], error: Exception
) -> web.StreamResponse:
    """The form with what was typed, why it was refused, and the status of the refusal."""
    if isinstance(error, WrongPassword):
        error = BadForm({"password": error.message})
    page = await _page(request, template, safe_path(fields.get("next", "/")), **refused(error, fields, _KEPT))
    return with_status(page, error)


async def _page(request: web.Request, template: str, wanted: str, **more: object) -> web.Response:
    chat = await chat_settings_of(request)
    context: dict[str, object] = {
        "brand": chat.name,
        "open_sign_up": chat.open_sign_up,
        "is_known": await is_known(request),
        "typed": {},
        "reasons": {},
        "refusal": None,
        "focus": "login",
        "next": wanted,
        "onward": "" if wanted == "/" else f"?{urlencode({'next': wanted})}",
        "csrf_token": await csrf_token(request),
    }
    return aiohttp_jinja2.render_template(template, request, context | more)


async def _enter(request: web.Request, token: str, fields: Mapping[str, str]) -> web.Response:
    """Give the browser its new session; the old one ends, so that nobody keeps what was planted before."""
    former = (await get_session(request)).get(CSRF)
    await _leave(request)
    cookie = await new_session(request)
    cookie[TOKEN], cookie[FORMER_CSRF] = token, former
    await csrf_token(request)  # now, so that pages opened at once all carry the same
    return see_other(safe_path(fields.get("next", "/")))


async def _leave(request: web.Request) -> None:
    cookie = await get_session(request)
    if TOKEN in cookie:
        await request.config_dict[ACCOUNTS].sign_out(str(cookie[TOKEN]))
    cookie.invalidate()


def _visitor(request: web.Request) -> Visitor:
    return Visitor(client_address(request), request.headers.get("User-Agent", ""))
