"""One's e-mail address: seen, changed with the password, confirmed by a link; and by it, a forgotten password."""

from aiohttp import web

from app.auth import user_of
from app.auth.entering import prove_again
from app.auth.identity import check_local
from app.base.errors import DeadLink, NotFound
from app.people.pages import page
from app.recovery import forms
from app.recovery.cards import card
from app.recovery.keys import MAILING
from app.web.asked import text_in, typed
from app.web.forms import REFUSALS, form_fields, refused, with_status
from app.web.proxy import client_address
from app.web.redirects import see_other

routes = web.RouteTableDef()
_PAGE, _FORGOT, _CONFIRM = "recovery/email.html", "recovery/forgot.html", "recovery/confirm.html"
_DONE = {
    "saved": "Saved.",
    "removed": "Your address is removed.",
    "mailed": "A link is on its way. Your address changes when you follow it, within a day.",
}


@routes.get("/settings/email")
async def email(request: web.Request) -> web.Response:
    """The form with one's address."""
    return await _page(request)


@routes.post("/settings/email")
async def change(request: web.Request) -> web.Response:
    """Change one's address, for who types the password, too; where mail goes out, a link has to confirm it first."""
    user, fields, mailing = user_of(request), await form_fields(request), request.app[MAILING]
    try:
        given = forms.new_email(fields)
        await prove_again(request, given.password)
        if given.email is not None and mailing.is_on:
            await mailing.confirm(user.login, given.email, client_address(request))
        else:
            await mailing.set_unconfirmed(user, given.email)
    except REFUSALS as error:
        return with_status(await _page(request, **refused(error, fields, ("email",)), form="email"), error)
    done = "removed" if given.email is None else "mailed" if mailing.is_on else "saved"
    return see_other(f"/settings/email?done={done}")


@routes.get("/confirm/{token}")
async def confirm_form(request: web.Request) -> web.Response:
    """The page that asks to confirm an address; looking at it does nothing, as programs that read mail look, too."""
    login, address = await request.app[MAILING].confirming(text_in(request, "token"))
    return await card(request, _CONFIRM, login=login, address=address)


@routes.post("/confirm/{token}")
async def confirm(request: web.Request) -> web.Response:
    """Confirm an address."""
    token = text_in(request, "token")
    login, address = await request.app[MAILING].confirming(token)
    try:
        await request.app[MAILING].confirmed(token)
    except DeadLink:
        raise
    except REFUSALS as error:
        shown = refused(error, {}, ()) | {"refusal": str(error)}
        return with_status(await card(request, _CONFIRM, login=login, address=address, **shown), error)
    return await card(request, "recovery/confirmed.html", login=login, address=address)


@routes.get("/forgot")
async def forgot_form(request: web.Request) -> web.Response:
    """The form for who forgot the password; there is none where nothing can be mailed."""
    _refuse_without_mail(request)
    return await card(request, _FORGOT, focus="email")


@routes.post("/forgot")
async def forgot(request: web.Request) -> web.Response:
    """Mail a link, if an account has this address; the answer is the same if none has."""
    _refuse_without_mail(request)
    fields = await form_fields(request)
    try:
        address = forms.email(fields)
        await request.app[MAILING].forgot(address, client_address(request))
    except REFUSALS as error:
        return with_status(await card(request, _FORGOT, **refused(error, fields, ("email",))), error)
    return await card(request, "recovery/forgot_done.html", address=address)


def _refuse_without_mail(request: web.Request) -> None:
    check_local(request)
    if not request.app[MAILING].is_on:
        raise NotFound("Nothing is mailed here. Ask an administrator for a link to choose a new password.")


async def _page(request: web.Request, form: str = "", **more: object) -> web.Response:
    address, is_confirmed = await request.app[MAILING].email_of(user_of(request).id)
    context: dict[str, object] = {
        "address": address,
        "is_confirmed": is_confirmed,
        "has_mail": request.app[MAILING].is_on,
        "typed": {"email": address or ""},
        "refused": form,
        "done": _DONE.get(typed(request, "done")),
    }
    return await page(request, _PAGE, **(context | more))
