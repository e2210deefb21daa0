"""The page that asks an admin whether to take back all that an account has made."""

from aiohttp import web

from app.base.errors import Forbidden
from app.moderation.keys import UNDOING
from app.people.keys import PEOPLE
from app.people.pages import admin_and_person, asked_about, person_path
from app.people.queries import AnyRow
from app.web.redirects import see_other

routes = web.RouteTableDef()
_FIRST = (
    "The account is switched off. All its messages are deleted, with their files, and its reactions go. Rooms that it "
    "made and in which nobody else wrote are closed, and its invitations end. This cannot be taken back."
)
_MORE = "A thousand messages are deleted; there are more."


@routes.get("/people/{login}/undo")
async def ask_to_undo(request: web.Request) -> web.Response:
    """The page that asks."""
    _, person = await admin_and_person(request)
    return await _question(request, person, _FIRST, "Remove everything")


@routes.post("/people/{login}/undo")
async def undo(request: web.Request) -> web.Response:
    """Switch the account off and take back what it made; the page asks again where that was too much for one go."""
    admin, person = await admin_and_person(request)
    if person.id == admin.id:
        raise Forbidden("Nobody removes all that they made themselves.")
    if person.disabled_at is None:
        await request.app[PEOPLE].disable(admin, person.login)
    if not await request.app[UNDOING].undo(admin, person.id):
        return await _question(request, person, _MORE, "Go on")
    return see_other(person_path(person.login))


async def _question(request: web.Request, person: AnyRow, sentence: str, button: str) -> web.Response:
    return await asked_about(request, person, ("Remove all that ", " made?"), sentence=sentence, button=button)
