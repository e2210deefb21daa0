"""What admins do for people who cannot log in."""

from aiohttp import web
from aiohttp_session import get_session

from app.auth.public_address import public_address
from app.people.pages import admin_and_person, asked_about, page, person_path
from app.recovery.keys import RECOVERY
from app.web.redirects import see_other

routes = web.RouteTableDef()
# A link just made and whose it is, in the encrypted session cookie until the next page has shown it, once.
_MADE = "made_reset_link"


@routes.get("/people/{login}/reset-link")
async def ask_to_make_link(request: web.Request) -> web.Response:
    """The page that asks whether to make a link for somebody; or shows the one that was just made."""
    _, person = await admin_and_person(request)
    made = (await get_session(request)).pop(_MADE, None)
    if made is not None and made["user"] == person.id:
        link = f"{await public_address(request)}/reset/{made['token']}"
        return await page(request, "recovery/reset_link.html", person=person, link=link)
    sentence = "By it they choose a new password, once, within an hour. That logs them out everywhere."
    return await asked_about(request, person, ("A link for ", "?"), sentence=sentence, button="Make a link")


@routes.post("/people/{login}/reset-link")
async def make_link(request: web.Request) -> web.Response:
    """Make a link by which somebody chooses a new password; the next page shows it, once."""
    admin, person = await admin_and_person(request)
    token = await request.app[RECOVERY].make_reset_link(admin, person.id)
    (await get_session(request))[_MADE] = {"user": person.id, "token": token}
    return see_other(f"{person_path(person.login)}/reset-link")
