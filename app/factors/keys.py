"""What the app keeps for second factors."""

from aiohttp import web

from app.factors.service import Factors

FACTORS = web.AppKey("factors", Factors)
