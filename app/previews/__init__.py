"""Previews of links: what the page behind the first link of a message says of itself, asked by this server."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

from aiohttp import web

from app.base.config import CONFIG
from app.chat.keys import CHAT
from app.db.driver.engine import ENGINE
from app.files.keeping.keys import STORE
from app.live.tasks import running
from app.outward import addresses
from app.pictures.keys import PICTURES
from app.previews import views
from app.previews.fetching import AT_ONCE, Fetcher
from app.previews.making import Making
from app.previews.wanting import Wanting
from app.search.keys import FOLLOWERS


def setup(app: web.Application) -> None:
    """Add previews to the app, which has chat, search and files already."""
    app.add_routes(views.routes)
    if app[CONFIG].link_previews:
        rung = asyncio.Event()
        app[FOLLOWERS].append(Wanting(rung))
        app.cleanup_ctx.append(partial(_previews, rung))


async def _previews(rung: asyncio.Event, app: web.Application) -> AsyncIterator[None]:
    async with Fetcher(addresses.is_allowed) as fetcher:
        making = Making(app[ENGINE], fetcher, app[PICTURES], app[STORE], app[CHAT].advance, rung)
        async with running(*[making.make_for_ever] * AT_ONCE):
            yield
