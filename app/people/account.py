"""One's own account: name, colour, password."""

from collections.abc import Mapping

from aiohttp import web

from app.auth import ACCOUNTS, SESSION_ID, User, user_of
from app.base.errors import BadForm, NotLoggedIn, WrongPassword
from app.people import forms
from app.people.keys import PEOPLE
from app.people.pages import page
from app.web.forms import REFUSALS, form_fields, refused, with_status
from app.web.proxy import client_address
from app.web.redirects import see_other

routes = web.RouteTableDef()
_DONE = {
    "looks": "Saved.",
    "avatar": "Saved.",
    "password": "Your password is changed, and you are logged out everywhere else.",
}


@routes.get("/settings")
async def settings(request: web.Request) -> web.Response:
    """The page of one's own account."""
    return await _page(request)


@routes.post("/settings")
async def set_looks(request: web.Request) -> web.Response:
    """Save name and colour."""
    user, fields = user_of(request), await form_fields(request)
    try:
        await request.app[PEOPLE].set_looks(user, forms.looks(fields))
    except REFUSALS as error:
        return await page_again(request, "looks", error, fields)
    return see_other("/settings?done=looks")


@routes.post("/settings/password")
async def replace_password(request: web.Request) -> web.Response:
    """Replace the password, for who types the old one, too."""
    user, session_id, fields = user_of(request), request[SESSION_ID], await form_fields(request)
    if session_id is None:
        raise NotLoggedIn
    try:
        given = forms.new_password(fields, user.login)
        accounts = request.app[ACCOUNTS]
        await accounts.replace_password(user, session_id, given.old, given.new, client_address(request))
    except WrongPassword:
        wrong = BadForm({"old_password": "This is not your password. Type the one that you have now."})
        return await page_again(request, "password", wrong, {})
    except REFUSALS as error:
        return await page_again(request, "password", error, {})
    return see_other("/settings?done=password")


async def _page(request: web.Request, **more: object) -> web.Response:
    context: dict[str, object] = {
        "typed": _stored(user_of(request)),
        "hues": forms.HUES,
        "done": _DONE.get(request.query.get("done", "")),
    }
    return await page(request, "people/account.html", **(context | more))


async def page_again(request: web.Request, form: str, error: Exception, fields: Mapping[str, str]) -> web.Response:
    kept = {**_stored(user_of(request)), **fields}
    again = await _page(request, refused=form, **refused(error, kept, ("display_name", "hue")))
    return with_status(again, error)


def _stored(user: User) -> dict[str, str]:
    return {"display_name": user.name, "hue": "" if user.hue is None else str(user.hue)}
