"""Finding messages by their words."""

from collections.abc import AsyncIterator

from aiohttp import web

from app.base.config import CONFIG
from app.chat.keys import LIMITS
from app.db.driver.engine import ENGINE
from app.search import views
from app.search.keys import SEARCH
from app.search.service import Search


def setup(app: web.Application) -> None:
    """Add search to the app, which has the chat already."""
    app.add_routes(views.routes)
    app.cleanup_ctx.append(_search)


async def _search(app: web.Application) -> AsyncIterator[None]:
    app[SEARCH] = Search(app[ENGINE], app[LIMITS], at_once=max(1, app[CONFIG].db_pool // 2))
    yield
