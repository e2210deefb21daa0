"""What the app keeps of sweeping."""

from aiohttp import web

from app.sweeps.sweeps import Sweeps

SWEEPS = web.AppKey("sweeps", Sweeps)
