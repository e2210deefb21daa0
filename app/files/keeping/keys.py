"""What the app keeps for the bytes of files."""

from aiohttp import web

from app.files.keeping.store import Store

STORE = web.AppKey("store", Store)
