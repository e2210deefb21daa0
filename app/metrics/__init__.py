"""How this server does, in numbers, for Prometheus."""

from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import web

from app.live.tasks import running
from app.metrics import views
from app.metrics.keys import SIBLINGS, SIBLINGS_FOLDER
from app.metrics.numbers import Lag, numbers_of
from app.metrics.siblings import Siblings


def setup(app: web.Application, siblings: Path | None) -> None:
    """Add `/metrics`; the chat must be set up before. `siblings`: the folder that several workers share."""
    app[SIBLINGS_FOLDER] = siblings
    app.add_routes(views.routes)
    app.cleanup_ctx.append(_metrics)


async def _metrics(app: web.Application) -> AsyncIterator[None]:
    lag, folder = Lag(), app[SIBLINGS_FOLDER]
    own = app[SIBLINGS] = Siblings(lambda: numbers_of(app, lag), folder)
    async with running(lag.measure_for_ever, *([] if folder is None else [own.write_for_ever])):
        yield
