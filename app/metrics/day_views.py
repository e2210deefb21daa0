"""`GET /settings/last-day`: the page on which administrators see the last 24 hours."""

from aiohttp import web

from app.db.driver.engine import ENGINE
from app.metrics.day import last_day
from app.metrics.drawing import drawings, milliseconds, plain, troubles
from app.people.pages import admin_of, page

routes = web.RouteTableDef()
# By the close code of a socket: what happened to its person.
CLOSES = {
    "1001": "The server was restarted, and the page connected again.",
    "1002": "It broke the protocol.",
    "1008": "It broke the protocol.",
    "1009": "It sent a frame that was too long.",
    "1011": "Something went wrong on our side.",
    "1013": "The server had too much to do, or its database was away.",
    "4001": "The session had ended, as when somebody logs out.",
    "4008": "It read too slowly, or had stopped reading.",
    "4009": "It sent far too many commands.",
    "4011": "Its person had too many pages open.",
}


@routes.get("/settings/last-day")
async def show(request: web.Request) -> web.Response:
    """Drawings and numbers of the last day, for administrators."""
    admin_of(request)
    async with request.app[ENGINE].connect() as conn:
        day = await last_day(conn)
    return await page(
        request,
        "metrics/day.html",
        day=day,
        whole=day.whole,
        drawings=drawings(day),
        closes=CLOSES,
        plain=plain,
        milliseconds=milliseconds,
        troubles=troubles,
    )
