"""Choosing a new password by a link: the page that the link opens."""

from aiohttp import web

from app.auth.identity import check_local
from app.base.errors import DeadLink
from app.recovery import forms
from app.recovery.cards import card
from app.recovery.keys import RECOVERY
from app.web.asked import text_in
from app.web.forms import REFUSALS, form_fields, refused, with_status

routes = web.RouteTableDef()
PAGE = "recovery/reset.html"


@routes.get("/reset/{token}")
async def reset_form(request: web.Request) -> web.Response:
    """The form to choose a new password; looking at it uses nothing up, as programs that read mail look, too."""
    check_local(request)
    login = await request.app[RECOVERY].login_for_reset(text_in(request, "token"))
    return await card(request, PAGE, login=login, focus="password")


@routes.post("/reset/{token}")
async def reset(request: web.Request) -> web.Response:
    """Set the new password; whoever has it logs in with it then, so that a second factor is asked for as always."""
    check_local(request)
    token, fields = text_in(request, "token"), await form_fields(request)
    login = await request.app[RECOVERY].login_for_reset(token)
    try:
        await request.app[RECOVERY].reset(token, forms.new_password(fields, login))
    except DeadLink:
        raise
    except REFUSALS as error:
        return with_status(await card(request, PAGE, login=login, **refused(error, fields, ())), error)
    return await card(request, "recovery/reset_done.html", login=login)
