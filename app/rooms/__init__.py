"""Making, finding, joining and leaving rooms, and direct conversations."""

from collections.abc import AsyncIterator

from aiohttp import web

from app.chat.keys import FOLLOWING, LIMITS, ON_OUTSIDER
from app.db.driver.engine import ENGINE
from app.rooms import views
from app.rooms.directory import Directory
from app.rooms.keys import DIRECTORY, ROOMS
from app.rooms.service import Rooms


def setup(app: web.Application) -> None:
    """Add the commands on rooms to the app, which has the chat already."""
    app.add_routes(views.routes)
    app[ON_OUTSIDER] = views.offer
    app.cleanup_ctx.append(_rooms)


async def _rooms(app: web.Application) -> AsyncIterator[None]:
    app[DIRECTORY] = Directory(app[ENGINE], app[LIMITS])
    app[ROOMS] = Rooms(app[ENGINE], app[LIMITS], app[FOLLOWING])
    yield
