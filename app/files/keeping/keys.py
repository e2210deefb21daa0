"""What the app keeps of the bytes."""

from aiohttp import web

from app.files.keeping.store import Store
from app.files.keeping.sweep import Sweep

STORE = web.AppKey("store", Store)
SWEEP = web.AppKey("sweep", Sweep)
