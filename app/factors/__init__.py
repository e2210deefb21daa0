"""What people prove themselves with beside the password: passkeys, codes of an app, and recovery codes."""

from collections.abc import AsyncIterator

from aiohttp import web

from app.auth import ACCOUNTS, ON_PROVED
from app.base.config import CONFIG
from app.db.driver.engine import ENGINE
from app.factors import admins, logging_in, own, own_passkeys, passkey_log_in
from app.factors.codes import Codes
from app.factors.gate import gate
from app.factors.keys import FACTORS
from app.factors.passkeys.keys import PASSKEYS
from app.factors.passkeys.service import Passkeys
from app.factors.service import Factors


def setup(app: web.Application) -> None:
    """Add the pages, and what keeps people without a second factor out where one is asked for.

    Accounts and people must be set up before.
    """
    app.middlewares.append(gate)
    app[ON_PROVED] = logging_in.ask_for_code
    app.cleanup_ctx.append(_factors)
    for part in (own, logging_in, admins, own_passkeys, passkey_log_in):
        app.add_routes(part.routes)


async def _factors(app: web.Application) -> AsyncIterator[None]:
    app[FACTORS] = Factors(app[ENGINE], app[ACCOUNTS], Codes(app[CONFIG]))
    app[PASSKEYS] = Passkeys(app[ENGINE], app[ACCOUNTS])
    yield
