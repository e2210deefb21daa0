"""Finding messages by their words."""

from collections.abc import AsyncIterator

from aiohttp import web

from app.base.config import CONFIG
from app.chat.keys import ON_WRITTEN
from app.db.driver.engine import ENGINE
from app.limits.keys import LIMITS
from app.live.tasks import running
from app.search import views
from app.search.index.doorbell import Doorbell
from app.search.index.indexing import Indexing
from app.search.keys import DOORBELL, FOLLOWERS, SEARCH
from app.search.service import Search


def setup(app: web.Application) -> None:
    """Add search to the app, which has the chat already."""
    app.add_routes(views.routes)
    doorbell = app[DOORBELL] = Doorbell()
    app[ON_WRITTEN] = doorbell.ring
    app[FOLLOWERS] = []
    app.cleanup_ctx.append(_search)


async def _search(app: web.Application) -> AsyncIterator[None]:
    app[SEARCH] = Search(app[ENGINE], app[LIMITS], at_once=max(1, app[CONFIG].db_pool // 2))
    followers = app[FOLLOWERS]
    async with running(Indexing(app[ENGINE], app[DOORBELL], followers).index_for_ever):
        yield
