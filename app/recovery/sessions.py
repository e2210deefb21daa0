"""Where somebody is logged in: the list of their sessions, and how they end them; admins end all of somebody's."""

from aiohttp import web

from app.auth import ACCOUNTS, SESSION_ID, User, user_of
from app.people.pages import ask_first, page
from app.people.queries import AnyRow
from app.recovery.browsers import device
from app.recovery.keys import DEVICES, RECOVERY
from app.web.asked import ID, id_in, typed
from app.web.redirects import see_other

routes = web.RouteTableDef()
_LIST = "/settings/sessions"
_ALL_END = "All their sessions end at once. They can log in again with their password."
_DONE = {"one": "That session is ended.", "others": "All other sessions are ended."}


@routes.get(_LIST)
async def sessions(request: web.Request) -> web.Response:
    """One's own sessions, the present one marked."""
    user = user_of(request)
    return await page(
        request,
        "recovery/sessions.html",
        sessions=await request.app[ACCOUNTS].sessions_of(user.id),
        present=request[SESSION_ID],
        device=device,
        done=_DONE.get(typed(request, "done")),
    )


@routes.post(rf"{_LIST}/{{id:{ID}}}/end")
async def end_one(request: web.Request) -> web.Response:
    """End one of one's own sessions; ending the present one is signing out."""
    await request.app[ACCOUNTS].end_session_of(user_of(request).id, id_in(request, "id"))
    return see_other(f"{_LIST}?done=one")


@routes.post(f"{_LIST}/end-others")
async def end_others(request: web.Request) -> web.Response:
    """End all of one's own sessions but the present one."""
    user = user_of(request)
    await request.app[ACCOUNTS].end_sessions(user.id, but=request[SESSION_ID])
    return see_other(f"{_LIST}?done=others")


@routes.post(f"{_LIST}/seen")
async def acknowledge(request: web.Request) -> web.Response:
    """Those that are new are one's own."""
    await request.app[DEVICES].acknowledge(user_of(request).id)
    return see_other(_LIST)


@ask_first(routes, "end-sessions", ("Log ", " out everywhere?"), sentence=_ALL_END, button="Log out everywhere")
async def end_all(request: web.Request, admin: User, person: AnyRow) -> None:
    """End all sessions of somebody."""
    await request.app[RECOVERY].end_sessions(admin, person.id)
