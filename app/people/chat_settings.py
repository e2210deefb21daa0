"""This chat, for its admins: what it is called, who may come in, and the links that invite."""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from aiohttp_session import get_session

from app.auth import ChatSettings, User, chat_settings_of
from app.auth.public_address import public_address
from app.base.config import CONFIG
from app.people import forms
from app.people.keys import PEOPLE
from app.people.pages import admin_of, asked, page
from app.web.asked import ID, id_in, typed
from app.web.forms import REFUSALS, form_fields, refused, with_status
from app.web.proxy import own_origin
from app.web.redirects import see_other

routes = web.RouteTableDef()
_INVITATIONS = "/settings/chat#invitations"
# An invitation just made, in the encrypted session cookie until the next page has shown it, once.
_MADE = "made_invitation"


@routes.get("/settings/chat")
async def settings(request: web.Request) -> web.Response:
    """The page of the chat settings, with the link of an invitation that was just made."""
    admin_of(request)
    await request.app[PEOPLE].keep_address(own_origin(request))
    token = (await get_session(request)).pop(_MADE, None)
    link = f"{await public_address(request)}/invite/{token}" if token else None
    return await _page(request, link=link)


@routes.post("/settings/chat")
async def set_up(request: web.Request) -> web.Response:
    """Save the name of the chat, and whether anybody may create an account."""
    people = request.app[PEOPLE]
    return await _saved(request, "chat", lambda admin, fields: people.set_up(admin, forms.chat_settings(fields)))


@routes.post("/settings/chat/address")
async def set_address(request: web.Request) -> web.Response:
    """Let all links begin with another address."""
    people = request.app[PEOPLE]
    return await _saved(request, "address", lambda admin, fields: people.set_address(admin, forms.address(fields)))


@routes.post("/settings/chat/welcomed")
async def leave_as_it_is(request: web.Request) -> web.Response:
    """Keep the chat settings as they are, and show the welcome no more."""
    admin_of(request)
    await request.app[PEOPLE].leave_as_it_is()
    return see_other("/")


@routes.post("/settings/chat/invitations")
async def invite(request: web.Request) -> web.Response:
    """Make an invitation; the next page shows its link, once."""
    admin, fields = admin_of(request), await form_fields(request)
    try:
        token = await request.app[PEOPLE].invite(admin, forms.new_invitation(fields))
    except REFUSALS as error:
        return await _page_again(request, "invitation", error, fields)
    (await get_session(request))[_MADE] = token
    return see_other("/settings/chat")  # with no place named, or the browser would not focus the link


@routes.get(rf"/settings/chat/invitations/{{id:{ID}}}/revoke")
async def ask_to_revoke(request: web.Request) -> web.Response:
    """The page that asks whether to revoke an invitation."""
    admin_of(request)
    wanted = id_in(request, "id")
    if all(each.id != wanted for each in await request.app[PEOPLE].invitations()):
        return see_other(_INVITATIONS)
    return await asked(
        request,
        ("Revoke link number ", "?"),
        str(wanted),
        sentence="Nobody can create an account with it any more; that cannot be taken back. Who came in by it stays.",
        button="Revoke",
        back=_INVITATIONS,
    )


@routes.post(rf"/settings/chat/invitations/{{id:{ID}}}/revoke")
async def revoke(request: web.Request) -> web.Response:
    """Revoke an invitation."""
    admin = admin_of(request)
    await request.app[PEOPLE].revoke_invitation(admin, id_in(request, "id"))
    return see_other(_INVITATIONS)


async def _saved(
    request: web.Request, form: str, save: Callable[[User, Mapping[str, str]], Awaitable[None]]
) -> web.Response:
    admin, fields = admin_of(request), await form_fields(request)
    try:
        await save(admin, fields)
    except REFUSALS as error:
        return await _page_again(request, form, error, fields)
    return see_other("/settings/chat?done=chat")


async def _page(request: web.Request, **more: object) -> web.Response:
    address, is_set = await public_address(request), request.config_dict[CONFIG].public_url is not None
    context: dict[str, object] = {
        "typed": {**_stored(await chat_settings_of(request)), "address": address},
        "address": address,
        "second_factor": (await chat_settings_of(request)).second_factor,
        "is_address_set": is_set,
        "others": [] if is_set else await request.app[PEOPLE].other_addresses(address),
        "invitations": await request.app[PEOPLE].invitations(),
        "days": forms.DAYS,
        "uses": forms.USES,
        "link": None,
        "done": "Saved." if typed(request, "done") == "chat" else None,
    }
    return await page(request, "people/chat.html", **(context | more))


async def _page_again(request: web.Request, form: str, error: Exception, fields: Mapping[str, str]) -> web.Response:
    # A box that was not ticked is not sent: what is stored must not tick it again.
    stored = {} if form == "chat" else _stored(await chat_settings_of(request))
    kept = {"address": await public_address(request), **stored, **fields}
    shown = ("name", "open_sign_up", "days", "uses", "address")
    again = await _page(request, refused=form, **refused(error, kept, shown))
    return with_status(again, error)


def _stored(settings: ChatSettings) -> dict[str, str]:
    return {"name": settings.name, "open_sign_up": "on" if settings.open_sign_up else ""}
