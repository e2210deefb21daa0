"""One's own account: name, colour, password."""

from collections.abc import Mapping

from aiohttp import web

from app.auth import ACCOUNTS, SESSION_ID, User, user_of
from app.auth.entering import enter, visitor_in
from app.base.errors import BadForm, WrongPassword
from app.people import forms
from app.people.keys import PEOPLE
from app.people.pages import page
from app.web.asked import typed
from app.web.forms import REFUSALS, form_fields, refused, with_status
from app.web.redirects import see_other

routes = web.RouteTableDef()
_CHANGED = "Your password is changed, and you are logged out everywhere else."
_DONE = {"looks": "Saved.", "avatar": "Saved.", "password": _CHANGED}


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
    user, fields, visitor = user_of(request), await form_fields(request), await visitor_in(request)
    try:
        given = forms.new_password(fields, user.login)
        token = await request.app[ACCOUNTS].replace_password(user, given.old, given.new, visitor)
    except WrongPassword:
        wrong = BadForm({"old_password": "This is not your password. Type the one that you have now."})
        return await page_again(request, "password", wrong, {})
    except REFUSALS as error:
        return await page_again(request, "password", error, {})
    await enter(request, token, visitor)
    return see_other("/settings?done=password")


async def _page(request: web.Request, **more: object) -> web.Response:
    user = user_of(request)
    others = [each for each in await request.app[ACCOUNTS].sessions_of(user.id) if each.id != request[SESSION_ID]]
    context: dict[str, object] = {
        "typed": _stored(user),
        "has_new_device": any(each.is_new_device for each in others),
        "has_password": await request.app[ACCOUNTS].has_password(user.id),
        "hues": forms.HUES,
        "done": _DONE.get(typed(request, "done")),
    }
    return await page(request, "people/account.html", **(context | more))


async def page_again(request: web.Request, form: str, error: Exception, fields: Mapping[str, str]) -> web.Response:
    kept = {**_stored(user_of(request)), **fields}
    again = await _page(request, refused=form, **refused(error, kept, ("display_name", "hue")))
    return with_status(again, error)


def _stored(user: User) -> dict[str, str]:
    return {"display_name": user.name, "hue": "" if user.hue is None else str(user.hue)}
