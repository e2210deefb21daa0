"""People leave for good: their accounts are deleted, and what they wrote stays as a former member's, or goes."""

from collections.abc import AsyncIterator

from aiohttp import web

from app.auth import ACCOUNTS
from app.chat.keys import CHAT, FOLLOWING, ON_BYTES_LEFT
from app.db.driver.engine import ENGINE
from app.leaving import views
from app.leaving.keys import LEAVING
from app.leaving.service import Leaving
from app.live.tasks import running
from app.moderation.keys import UNDOING


def setup(app: web.Application) -> None:
    """Add the pages; accounts, chat, people and moderation must be set up before."""
    app.add_routes(views.routes)
    app.cleanup_ctx.append(_leaving)


async def _leaving(app: web.Application) -> AsyncIterator[None]:
    parts = app[ACCOUNTS], app[CHAT], app[FOLLOWING], app[UNDOING], app[ON_BYTES_LEFT]
    app[LEAVING] = Leaving(app[ENGINE], *parts)
    async with running(app[LEAVING].settle_for_ever):
        yield
