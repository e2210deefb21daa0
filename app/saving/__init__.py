"""Taking out: a room as its members read it, as a page to keep or as JSON Lines, and the whole chat for its admins."""

from collections.abc import AsyncIterator

from aiohttp import web

from app.auth import ACCOUNTS
from app.base.config import CONFIG
from app.db.driver.engine import ENGINE
from app.files.keeping.keys import STORE
from app.saving import views
from app.saving.keys import SAVING, STYLE
from app.saving.service import Saving
from app.saving.style import style


def setup(app: web.Application) -> None:
    """Add the pages; accounts, rooms and files must be set up before."""
    app[STYLE] = style()
    app.cleanup_ctx.append(_saving)
    app.add_routes(views.routes)


async def _saving(app: web.Application) -> AsyncIterator[None]:
    app[SAVING] = Saving(app[CONFIG], app[ENGINE], app[ACCOUNTS], app[STORE])
    yield
