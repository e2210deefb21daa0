"""What admins do about second factors: take away one that is lost, ask for one of everybody."""

from aiohttp import web

from app.auth import User, chat_settings_of
from app.factors.keys import FACTORS
from app.people.pages import admin_of, ask_first, asked
from app.people.queries import AnyRow
from app.web.redirects import see_other

routes = web.RouteTableDef()
_OF_ALL = "/settings/chat/second-factor"
_LOST = (
    "Their passkeys and the codes of their app are good no more, and their password alone lets them in. "
    "Be sure it is they who ask. It logs them out everywhere."
)


@ask_first(routes, "second-factor", ("Take the second factor of ", " away?"), sentence=_LOST, button="Take away")
async def take_away(request: web.Request, admin: User, person: AnyRow) -> None:
    """Take somebody's second factor away."""
    await request.app[FACTORS].take_away(admin, person.id)


@routes.get(_OF_ALL)
async def ask_about_all(request: web.Request) -> web.Response:
    """The page that asks whether to ask everybody for a second factor, or no more."""
    admin_of(request)
    chat = await chat_settings_of(request)
    if chat.second_factor:
        question, button = ("Ask the people of ", " for a second factor no more?"), "Ask no more"
        sentence = "Who has one keeps it. Whoever has none is let in by the password alone."
    else:
        question, button = ("Ask everybody in ", " for a second factor?"), "Ask everybody"
        sentence = "Whoever has none is logged out now, and sees nothing but the page that sets one up."
    return await asked(request, question, chat.name, sentence=sentence, button=button, back="/settings/chat")


@routes.post(_OF_ALL)
async def set_for_all(request: web.Request) -> web.Response:
    """Ask everybody for a second factor; or no more, where that is so."""
    admin = admin_of(request)
    await request.app[FACTORS].ask_all(admin, asked=not (await chat_settings_of(request)).second_factor)
    return see_other("/settings/chat?done=chat")
