"""What the app keeps of the search."""

from aiohttp import web

from app.search.index.doorbell import Doorbell
from app.search.service import Search

DOORBELL = web.AppKey("doorbell", Doorbell)
SEARCH = web.AppKey("search", Search)
