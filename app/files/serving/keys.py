"""What the app keeps for reading files."""

from aiohttp import web

from app.files.serving.service import Reading

READING = web.AppKey("reading", Reading)
