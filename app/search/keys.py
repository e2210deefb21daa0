"""What the app keeps of the search."""

from aiohttp import web

from app.search.service import Search

SEARCH = web.AppKey("search", Search)
