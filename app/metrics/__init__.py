"""How this server does, in numbers: now, for Prometheus, and in the last day, for administrators."""

from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import web

from app.chat.keys import BUS
from app.db.driver.engine import ENGINE
from app.live.tasks import running
from app.metrics import day_views, views
from app.metrics.faults import Faults
from app.metrics.keys import SAMPLING, SIBLINGS, SIBLINGS_FOLDER
from app.metrics.numbers import Lag, numbers_of
from app.metrics.sampling import Sampling
from app.metrics.siblings import Siblings


def setup(app: web.Application, siblings: Path | None) -> None:
    """Add `/metrics` and the page of the last day; the chat and people must be set up before.

    `siblings`: the folder that several workers share.
    """
    app[SIBLINGS_FOLDER] = siblings
    app.add_routes(views.routes)
    app.add_routes(day_views.routes)
    app.cleanup_ctx.append(_metrics)


async def _metrics(app: web.Application) -> AsyncIterator[None]:
    lag, faults, folder = Lag(), Faults(), app[SIBLINGS_FOLDER]
    own = app[SIBLINGS] = Siblings(lambda: numbers_of(app, lag), folder)
    sampling = app[SAMPLING] = Sampling(app[ENGINE], app[BUS].name, lambda: numbers_of(app, lag), faults)
    shared = [] if folder is None else [own.write_for_ever]
    with faults.attached():
        async with running(lag.measure_for_ever, sampling.sample_for_ever, *shared):
            yield
        await sampling.keep_last()
