"""Bringing in by the page: an admin sends an export, sees what would come, and has it brought in."""

from collections.abc import AsyncIterator

from aiohttp import web

from app.base.config import CONFIG
from app.bringing import sending_views, views
from app.bringing.job import Job
from app.bringing.keys import JOB
from app.db.driver.engine import ENGINE


def setup(app: web.Application) -> None:
    """Add the pages; accounts and people must be set up before."""
    app.cleanup_ctx.append(_job)
    for part in (views, sending_views):
        app.add_routes(part.routes)


async def _job(app: web.Application) -> AsyncIterator[None]:
    app[JOB] = Job(app[CONFIG], app[ENGINE])
    await app[JOB].clear()  # what was brought in when a server ended
    yield
    await app[JOB].close()
