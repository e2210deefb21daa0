"""What the app keeps of rooms."""

from aiohttp import web

from app.rooms.directory import Directory
from app.rooms.directs import Directs
from app.rooms.service import Rooms

DIRECTORY = web.AppKey("directory", Directory)
DIRECTS = web.AppKey("directs", Directs)
ROOMS = web.AppKey("rooms", Rooms)
