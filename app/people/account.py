"""One's own account: name, colour, password."""

from collections.abc import Mapping

from aiohttp import web

from app.auth import ACCOUNTS, SESSION_ID, User, user_of
from app.base.errors import NotLoggedIn
from app.people import forms
from app.people.pages import REFUSALS, page, refused, with_status
from app.people.service import PEOPLE
from app.web.forms import form_fields
from app.web.proxy import client_address
from app.web.redirects import see_other

routes = web.RouteTableDef()
_DONE = {"looks": "Saved.", "password": "Your password is changed, and you are logged out everywhere else."}


@routes.get("/settings")
async def settings(request: web.Request) -> web.Response:
    return await _page(request)


@routes.post("/settings")
async def set_looks(request: web.Request) -> web.Response:
    user, fields = user_of(request), await form_fields(request)
    try:
        await request.app[PEOPLE].set_looks(user, forms.looks(fields))
    except REFUSALS as error:
        return await _page_again(request, "looks", error, fields)
    return see_other("/settings?done=looks")


@routes.post("/settings/password")
async def replace_password(request: web.Request) -> web.Response:
    user, session_id, fields = user_of(request), request[SESSION_ID], await form_fields(request)
    if session_id is None:
        raise NotLoggedIn
    try:
        given = forms.new_password(fields, user.login)
        accounts = request.app[ACCOUNTS]
        await accounts.replace_password(user, session_id, given.old, given.new, client_address(request))
    except REFUSALS as error:
        return await _page_again(request, "password", error, {})
    return see_other("/settings?done=password")


async def _page(request: web.Request, **told: object) -> web.Response:
    context: dict[str, object] = {
        "typed": _stored(user_of(request)),
        "hues": forms.HUES,
        "done": _DONE.get(request.query.get("done", "")),
    }
    return await page(request, "people/account.html", **(context | told))


async def _page_again(request: web.Request, form: str, error: Exception, fields: Mapping[str, str]) -> web.Response:
    kept = {**_stored(user_of(request)), **fields}
    told = refused(form, error, kept, ("display_name", "hue"))
    return with_status(await _page(request, **told), error)


def _stored(user: User) -> dict[str, str]:
    return {"display_name": user.name, "hue": "" if user.hue is None else str(user.hue)}
