"""What the app keeps of people."""

from aiohttp import web

from app.people.service import People

PEOPLE = web.AppKey("people", People)
