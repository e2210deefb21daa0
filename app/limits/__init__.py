"""Bounds on what one person, or one address of strangers, may ask of the server."""

from aiohttp import web

from app.base.config import CONFIG
from app.limits.holding import Holding
from app.limits.keys import GATES, HOLDING, LIMITS, TOTALS
from app.limits.limits import Limits
from app.limits.requests import gates, in_turn
from app.limits.totals import Totals


def setup(app: web.Application) -> None:
    """Count requests, and have them wait for their turn; the middleware that sets their user stands before."""
    config = app[CONFIG]
    app[LIMITS], app[TOTALS] = Limits(config), Totals(config)
    app[GATES] = gates(config.db_pool, config.request_factor)
    app[HOLDING] = Holding()
    app.middlewares.append(in_turn)
