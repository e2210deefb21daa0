"""Order in a chat: what admins did, messages that are reported, people who are blocked, and all of somebody undone."""

from collections.abc import AsyncIterator

from aiohttp import web

from app.chat.keys import CHAT, FOLLOWING
from app.db.driver.engine import ENGINE
from app.moderation import block_views, log_views, undo_views, views
from app.moderation.keys import MODERATION, UNDOING
from app.moderation.service import Moderation
from app.moderation.undo import Undoing


def setup(app: web.Application) -> None:
    """Add the pages; accounts, chat and people must be set up before."""
    app.cleanup_ctx.append(_moderation)
    for part in (views, log_views, undo_views, block_views):
        app.add_routes(part.routes)


async def _moderation(app: web.Application) -> AsyncIterator[None]:
    app[MODERATION] = Moderation(app[ENGINE])
    app[UNDOING] = Undoing(app[ENGINE], app[CHAT], app[FOLLOWING])
    yield
