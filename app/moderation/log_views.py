"""For admins: the reports that wait for them, and the log of what admins did."""

from aiohttp import web

from app.audit.recording import ACTIONS
from app.moderation.keys import MODERATION
from app.moderation.service import PAGE
from app.people.pages import admin_of, page
from app.web.asked import ID, id_in, number
from app.web.redirects import see_other

routes = web.RouteTableDef()


@routes.get("/settings/reports")
async def reports(request: web.Request) -> web.Response:
    """The reported messages that no admin has settled yet, oldest first."""
    admin_of(request)
    return await page(request, "moderation/reports.html", reports=await request.app[MODERATION].open_reports())


@routes.post(rf"/settings/reports/{{id:{ID}}}/settle")
async def settle(request: web.Request) -> web.Response:
    """Take a report off the list."""
    await request.app[MODERATION].settle(admin_of(request), id_in(request, "id"))
    return see_other("/settings/reports")


@routes.get("/settings/log")
async def log(request: web.Request) -> web.Response:
    """What was written down in the last year, newest first; `?before=` goes on behind the entry with that id."""
    admin_of(request)
    found = await request.app[MODERATION].log(number(request, "before"))
    more = found[PAGE - 1].id if len(found) > PAGE else None
    return await page(request, "moderation/log.html", entries=found[:PAGE], actions=ACTIONS, before=more)
