"""Notices: what calls a person while they look elsewhere, shown by pages that are open, or sent by Web Push."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

from aiohttp import web

from app.auth.public_address import public_address
from app.base.config import CONFIG
from app.chat.keys import BUS, HUB
from app.db.driver.engine import ENGINE
from app.live.tasks import running
from app.notices import own, views
from app.notices.judging import Judging
from app.notices.keys import NOTICES, VAPID
from app.notices.noting import Noting
from app.notices.pages import show_pages
from app.notices.pushing import Pusher
from app.notices.sending import Sending
from app.notices.service import Notices
from app.notices.vapid import Vapid
from app.outward import addresses
from app.search.keys import FOLLOWERS


def setup(app: web.Application) -> None:
    """Add notices to the app, which has chat, people and search already."""
    app.add_routes(views.routes)
    app.add_routes(own.routes)
    rung = asyncio.Event()
    app[FOLLOWERS].append(Noting(rung, app[CONFIG].notify_after_s))
    app.cleanup_ctx.append(partial(_notices, rung))


async def _notices(rung: asyncio.Event, app: web.Application) -> AsyncIterator[None]:
    engine, config = app[ENGINE], app[CONFIG]
    app[NOTICES] = Notices(engine)
    vapid = app[VAPID] = Vapid(engine, config, partial(public_address, app))
    pushes_rung = asyncio.Event()
    async with Pusher(vapid, addresses.is_allowed) as pusher:
        judging = Judging(engine, rung, pushes_rung, partial(show_pages, app[HUB], app[BUS]))
        sending = Sending(engine, pusher, timedelta(days=config.session_idle_days), pushes_rung)
        async with running(judging.judge_for_ever, sending.send_for_ever):
            yield
