"""`GET /metrics`: how this server does, for Prometheus."""

import hmac
import logging

from aiohttp import web

from app.base.config import CONFIG
from app.base.errors import NotFound
from app.db.driver.causes import cause_of
from app.db.driver.engine import DATABASE_GONE, ENGINE
from app.metrics import statements
from app.metrics.catalogue import Numbers
from app.metrics.keys import SIBLINGS
from app.web.proxy import is_local

log = logging.getLogger(__name__)
routes = web.RouteTableDef()


@routes.get("/metrics")
async def metrics(request: web.Request) -> web.Response:
    """The numbers of all workers of this server, for who has `METRICS_TOKEN` or asks from this machine.

    Raises:
        NotFound: for all others.
    """
    if not (_has_token(request) or is_local(request)):
        raise NotFound
    from app.metrics.text import CONTENT_TYPE, as_text  # and prometheus_client, which few ask for

    numbers = request.app[SIBLINGS].all_together() | await _of_jobs(request.app)
    return web.Response(body=as_text(numbers), headers={"Content-Type": CONTENT_TYPE})


def _has_token(request: web.Request) -> bool:
    token = request.config_dict[CONFIG].metrics_token
    if token is None:
        return False
    given, right = request.headers.get("Authorization", ""), f"Bearer {token.get_secret_value()}"
    return hmac.compare_digest(given.encode(errors="surrogateescape"), right.encode(errors="surrogateescape"))


async def _of_jobs(app: web.Application) -> Numbers:
    try:
        async with app[ENGINE].connect() as conn:
            return await statements.of_jobs(conn)
    except DATABASE_GONE as error:
        log.warning("jobs cannot be read reason=%s", cause_of(error).reason)
        return {}
