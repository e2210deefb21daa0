"""The pages that ask before an account is deleted: somebody's for an administrator, and one's own."""

from aiohttp import web

from app.auth import ACCOUNTS, user_of
from app.auth.entering import leave, prove_again
from app.base.errors import BadForm, Forbidden
from app.leaving.keys import LEAVING
from app.people.pages import admin_and_person, page, person_path
from app.web.forms import REFUSALS, form_fields, refused, with_status
from app.web.redirects import see_other

routes = web.RouteTableDef()
_OWN = "/settings/delete"
_CHOICES = {"keep": True, "remove": False}


@routes.get("/people/{login}/delete")
async def ask_to_delete(request: web.Request) -> web.Response:
    """The page that asks an administrator."""
    _, person = await admin_and_person(request)
    about = {"about": person.display_name, "back": person_path(person.login), "next": "", "typed": {}}
    return await page(request, "leaving/confirm.html", **about)


@routes.post("/people/{login}/delete")
async def delete(request: web.Request) -> web.Response:
    """Delete somebody's account."""
    admin, person = await admin_and_person(request)
    if person.id == admin.id:
        raise Forbidden("Delete your own account in your settings.")
    keeps = _keeps_messages(await form_fields(request))
    await request.app[LEAVING].delete(admin.id, person.id, keeps_messages=keeps)
    return see_other("/people")


@routes.get(_OWN)
async def ask_to_leave(request: web.Request) -> web.Response:
    """The page that asks whether to delete one's own account."""
    return await _own(request)


@routes.post(_OWN)
async def leave_for_good(request: web.Request) -> web.Response:
    """Delete one's own account, with the password."""
    user, fields = user_of(request), await form_fields(request)
    try:
        keeps = _keeps_messages(fields)
        await prove_again(request, fields.get("password", ""))
        await request.app[LEAVING].delete(user.id, user.id, keeps_messages=keeps)
    except REFUSALS as error:
        return with_status(await _own(request, **refused(error, {}, ())), error)
    await leave(request)
    return see_other("/login")


async def _own(request: web.Request, **more: object) -> web.Response:
    user = user_of(request)
    context: dict[str, object] = {"typed": {}, "next": "", "back": "/settings"}
    context["has_password"] = await request.app[ACCOUNTS].has_password(user.id)
    return await page(request, "leaving/own.html", **(context | more))


def _keeps_messages(fields: dict[str, str]) -> bool:
    """What was chosen. Raises BadForm: nothing was."""
    try:
        return _CHOICES[fields.get("messages", "")]
    except KeyError:
        raise BadForm({"messages": "Choose what becomes of the messages."}) from None
