"""What the app keeps of the provider by which people log in."""

from aiohttp import web

from app.providers.provider import Provider
from app.providers.service import Identities

PROVIDER = web.AppKey("provider", Provider)
IDENTITIES = web.AppKey("identities", Identities)
