"""What the app keeps for what people save."""

from aiohttp import web

from app.saving.service import Saving

SAVING = web.AppKey("saving", Saving)
STYLE = web.AppKey("style", str)  # of a saved room
