"""What the app keeps of the bytes."""

from aiohttp import web

from app.files.keeping.store import Store

STORE = web.AppKey("store", Store)
