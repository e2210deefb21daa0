"""What the app keeps to bound what one may ask."""

from aiohttp import web

from app.limits.gate import Gate
from app.limits.holding import Holding
from app.limits.limits import Limits
from app.limits.totals import Totals

GATES = web.AppKey("gates", dict[str, Gate])
HOLDING = web.AppKey("holding", Holding)
LIMITS = web.AppKey("limits", Limits)
TOTALS = web.AppKey("totals", Totals)
