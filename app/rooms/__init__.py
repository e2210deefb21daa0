"""Making, finding, joining and leaving rooms, and direct conversations."""

from collections.abc import AsyncIterator

from aiohttp import web

from app.chat import ID
from app.chat.socket import CHAT
from app.chat.views import ON_OUTSIDER
from app.db.driver.engine import ENGINE
from app.rooms import views
from app.rooms.directory import DIRECTORY, Directory
from app.rooms.service import ROOMS, Rooms


def setup(app: web.Application) -> None:
    """Add the commands on rooms to the app, which has the chat already."""
    room = rf"/api/rooms/{{room:{ID}}}"
    app.router.add_get("/api/rooms", views.joinable, name="joinable")
    app.router.add_post("/api/rooms", views.make)
    app.router.add_patch(room, views.update)
    app.router.add_post(f"{room}/join", views.join)
    app.router.add_post(rf"/rooms/{{room:{ID}}}", views.come_in)
    app.router.add_post(rf"/rooms/{{room:{ID}}}/{{seq:{ID}}}", views.come_in)
    app.router.add_post(f"{room}/leave", views.leave)
    app.router.add_get(f"{room}/members", views.members)
    app.router.add_post(f"{room}/members", views.add)
    app.router.add_delete(rf"{room}/members/{{user:{ID}}}", views.remove)
    app.router.add_post("/api/directs", views.direct)
    app.router.add_get("/api/people", views.people)
    app.router.add_post(r"/people/{login}/message", views.write_to)
    app[ON_OUTSIDER] = views.offer
    app.cleanup_ctx.append(_rooms)


async def _rooms(app: web.Application) -> AsyncIterator[None]:
    app[DIRECTORY] = Directory(app[ENGINE], app[CHAT])
    app[ROOMS] = Rooms(app[ENGINE], app[CHAT])
    yield
