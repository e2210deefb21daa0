"""The forms: create account, log in, sign out."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

import aiohttp_jinja2
from aiohttp import web
from aiohttp.typedefs import Handler
from aiohttp_session import get_session

from app.auth import forms
from app.auth.cookies import FORMER_CSRF, csrf_token, is_csrf_token, is_known, know_device, remember, was_shared
from app.auth.entering import INVITATION, enter, invitation_in, leave, visitor_of
from app.auth.identity import chat_settings_of, check_local, user_of
from app.auth.invitations import token_in
from app.auth.keys import ACCOUNTS, ON_EMAIL_GIVEN, ON_PROVED, USER
from app.auth.names import account_key
from app.base.config import CONFIG
from app.base.errors import BadCsrf, BadForm, SignUpClosed, StaleForm, WrongPassword
from app.web.asked import text_in, typed
from app.web.forms import REFUSALS, form_fields, refused, with_status
from app.web.proxy import client_address
from app.web.redirects import safe_path, see_other

routes = web.RouteTableDef()
LOG_IN, SIGN_UP, SIGN_OUT = "auth/login.html", "auth/signin.html", "auth/signout.html"
CLOSED = "auth/closed.html"
# What was typed is shown again, except passwords.
_KEPT = ("login", "email", "display_name", "shared")


@routes.get("/login")
async def log_in_form(request: web.Request) -> web.StreamResponse:
    """The form to log in; on a shared computer all that is kept in the browser goes with it.

    Also where the session ended otherwise than by signing out. By the header, and by a script of the page, since plain
    http has no such header.
    """
    response = await _form(request, LOG_IN)
    if request[USER] is None and was_shared(request):
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@routes.get("/signin")
async def sign_up_form(request: web.Request) -> web.StreamResponse:
    """The form to create an account, for who may."""
    if request[USER] is None:
        try:
            await request.config_dict[ACCOUNTS].check_admission(visitor_of(request), await invitation_in(request))
        except SignUpClosed as refusal:
            return await _form_again(request, CLOSED, {"next": typed(request, "next")}, refusal)
    return await _form(request, SIGN_UP)


@routes.get(r"/invite/{token:(?s:.+)}")
async def follow_invitation(request: web.Request) -> web.StreamResponse:
    """Remember the invitation in this browser, and go to the form; nothing is counted before an account is made."""
    if request[USER] is not None:
        return see_other("/")
    (await get_session(request))[INVITATION] = token_in(text_in(request, "token"))
    return see_other("/signin")


@routes.post("/login")
async def log_in(request: web.Request) -> web.StreamResponse:
    """Log in."""
    fields, accounts = await form_fields(request), request.config_dict[ACCOUNTS]
    visitor, wanted = replace(visitor_of(request), is_shared="shared" in fields), safe_path(fields.get("next", "/"))
    try:
        check_local(request)
        given = forms.credentials(fields)
        user = await accounts.prove(given.login_or_email, given.password, visitor)
        if user.id in visitor.devices and not visitor.is_shared:
            know_device(request, user.id, user.proof)  # now: where more is asked, nobody knows the password later
        if (asks_more := await request.config_dict[ON_PROVED](request, user, visitor, wanted)) is not None:
            return asks_more
        token = await accounts.enter(user, visitor)
    except REFUSALS as error:
        return await _form_again(request, LOG_IN, fields, error)
    await enter(request, token, visitor, user.proof)
    return see_other(wanted)


@routes.post("/signin")
async def sign_up(request: web.Request) -> web.StreamResponse:
    """Create an account, and log in with it."""
    fields, invitation = await form_fields(request), await invitation_in(request)
    accounts, visitor = request.config_dict[ACCOUNTS], visitor_of(request)
    try:
        check_local(request)
        await accounts.check_admission(visitor, invitation)  # before anything is to be corrected or hashed
        account = forms.new_account(fields)
        token = await accounts.sign_up(account, visitor, invitation)
    except REFUSALS as error:
        # Without an invitation there is no form to correct; with a dead one, a new link makes what was typed good.
        is_closed = isinstance(error, SignUpClosed) and not invitation
        return await _form_again(request, CLOSED if is_closed else SIGN_UP, fields, error)
    await enter(request, token, visitor)
    if account.email is not None and (on_email_given := request.config_dict.get(ON_EMAIL_GIVEN)) is not None:
        await on_email_given(account.login, account.email, client_address(request))
    return see_other(safe_path(fields.get("next", "/")))


@routes.get("/signout")
async def sign_out_form(request: web.Request) -> web.StreamResponse:
    """The page that asks whether to sign out."""
    return await _page(request, SIGN_OUT, "/", user=user_of(request))


@routes.post("/signout")
async def sign_out(request: web.Request) -> web.StreamResponse:
    """Sign out."""
    # No Clear-Site-Data: storage holds unsent messages. On a shared computer the form to log in has it.
    response = see_other("/login")
    if await is_known(request) and not was_shared(request):
        remember(request, response)
    await leave(request)
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
    wanted = safe_path(typed(request, "next") or "/")
    if request[USER] is not None:
        return see_other(wanted)
    return await _page(request, template, wanted)


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
        "was_shared": was_shared(request),
        "has_mail": request.config_dict[CONFIG].smtp_url is not None,
        "typed": {},
        "reasons": {},
        "refusal": None,
        "focus": "login",
        "next": wanted,
        "onward": "" if wanted == "/" else f"?{urlencode({'next': wanted})}",
        "csrf_token": await csrf_token(request),
    }
    return aiohttp_jinja2.render_template(template, request, context | more)
