"""What the app keeps for passkeys."""

from aiohttp import web

from app.factors.passkeys.service import Passkeys

PASSKEYS = web.AppKey("passkeys", Passkeys)
