"""Making, finding, joining and leaving rooms, and direct conversations."""

from collections.abc import AsyncIterator

from aiohttp import web

from app.chat.keys import FOLLOWING, ON_OUTSIDER, SURFACING
from app.db.driver.engine import ENGINE
from app.limits.keys import LIMITS, TOTALS
from app.rooms import views
from app.rooms.directory import Directory
from app.rooms.directs import Directs
from app.rooms.keys import DIRECTORY, DIRECTS, ROOMS
from app.rooms.lists import Lists
from app.rooms.service import Rooms


def setup(app: web.Application) -> None:
    """Add the commands on rooms to the app, which has the chat already."""
    app.add_routes(views.routes)
    app[ON_OUTSIDER] = views.offer
    app.cleanup_ctx.append(_rooms)


async def _rooms(app: web.Application) -> AsyncIterator[None]:
    app[DIRECTORY] = Directory(app[ENGINE], app[LIMITS])
    lists = Lists(app[ENGINE], app[FOLLOWING], app[SURFACING])
    limits, totals = app[LIMITS], app[TOTALS]
    app[ROOMS], app[DIRECTS] = Rooms(lists, limits, totals), Directs(lists, limits, totals)
    yield
