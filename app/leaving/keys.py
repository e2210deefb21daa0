"""What the app keeps of people who leave."""

from aiohttp import web

from app.leaving.service import Leaving

LEAVING = web.AppKey("leaving", Leaving)
