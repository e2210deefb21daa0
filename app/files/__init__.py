"""Files: what people give each other beside words."""

from collections.abc import AsyncIterator

from aiohttp import web

from app.auth import ACCOUNTS
from app.db.driver.engine import ENGINE
from app.files.keeping.keys import STORE
from app.files.keeping.store import Store
from app.files.serving import views as serving
from app.files.serving.keys import READING
from app.files.serving.service import Reading


def setup(app: web.Application) -> None:
    """Add files to the app, which has accounts already."""
    app.add_routes(serving.routes)
    app.cleanup_ctx.append(_files)


async def _files(app: web.Application) -> AsyncIterator[None]:
    app[STORE] = Store(app[ENGINE])
    app[READING] = Reading(app[ENGINE], app[STORE], app[ACCOUNTS])
    yield
