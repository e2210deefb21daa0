"""What the app keeps of order."""

from aiohttp import web

from app.moderation.service import Moderation
from app.moderation.undo import Undoing

MODERATION = web.AppKey("moderation", Moderation)
UNDOING = web.AppKey("undoing", Undoing)
