"""The list of people, and a page for each; what admins do about an account."""

from urllib.parse import urlencode

from aiohttp import web

from app.auth import user_of
from app.chat.keys import PRESENCE
from app.people.keys import PEOPLE
from app.people.pages import admin_and_person, admin_of, asked_about, page, person_path
from app.rooms.keys import DIRECTS
from app.web.asked import has, number, place, text_in, typed
from app.web.redirects import see_other

routes = web.RouteTableDef()
_WANTED_CHARS = 64
_MAX_DIGITS = 18


@routes.get("/people")
async def people(request: web.Request) -> web.Response:
    """The list of people. `?q=` finds a part of the name or login; `?after=` goes on behind the person with that id."""
    wanted = "".join(sign for sign in typed(request, "q") if sign.isprintable()).strip()[:_WANTED_CHARS]
    found = await request.app[PEOPLE].list(user_of(request), wanted, number(request, "after"))
    onward = {"q": wanted} if wanted else {}
    return await page(
        request,
        "people/people.html",
        people=found.people,
        wanted=wanted,
        is_first=not has(request, "after"),
        onward=urlencode(onward | {"after": str(found.next_after)}) if found.next_after is not None else "",
        is_here=request.app[PRESENCE].is_here,
    )


@routes.get("/people/{login}")
async def person(request: web.Request) -> web.Response:
    """A person's page. `?room=` is where to mention them."""
    user = user_of(request)
    found = await request.app[PEOPLE].person(place(request, "login"))
    return await page(
        request,
        "people/person.html",
        person=found,
        is_here=request.app[PRESENCE].is_here(found.id),
        is_own=found.id == user.id,
        is_blocked=await request.app[DIRECTS].has_blocked(user, found.id),
        room=_room(request),
    )


@routes.post("/people/{login}/role/{role:admin|member}")
async def set_role(request: web.Request) -> web.Response:
    """Make somebody an admin, or a member."""
    login = place(request, "login")
    await request.app[PEOPLE].set_role(admin_of(request), login, text_in(request, "role"))
    return _to(login)


@routes.get("/people/{login}/disable")
async def ask_to_disable(request: web.Request) -> web.Response:
    """The page that asks whether to switch an account off."""
    _, found = await admin_and_person(request)
    if found.disabled_at is not None:
        return _to(found.login)
    return await asked_about(
        request,
        found,
        ("Switch off the account of ", "?"),
        sentence="They are logged out at once, and cannot log in until an administrator switches the account on again. "
        "What they wrote stays.",
        button="Switch off",
    )


@routes.post("/people/{login}/disable")
async def disable(request: web.Request) -> web.Response:
    """Switch an account off."""
    login = place(request, "login")
    await request.app[PEOPLE].disable(admin_of(request), login)
    return _to(login)


@routes.post("/people/{login}/enable")
async def enable(request: web.Request) -> web.Response:
    """Switch an account on again."""
    login = place(request, "login")
    await request.app[PEOPLE].enable(admin_of(request), login)
    return _to(login)


def _to(login: str) -> web.Response:
    return see_other(person_path(login))


def _room(request: web.Request) -> str:
    """The path of the room that the reader comes from, as `room` names it; else of the one where people land."""
    text = typed(request, "room")
    return f"/rooms/{text}" if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else "/"
