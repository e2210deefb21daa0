"""What is old goes: in small batches, each kind by one process at a time."""

from collections.abc import AsyncIterator
from datetime import timedelta

from aiohttp import web

from app.base.config import CONFIG
from app.chat.keys import CHAT
from app.db.driver.engine import ENGINE
from app.live.tasks import running
from app.sweeps.keys import SWEEPS
from app.sweeps.kinds import kinds
from app.sweeps.sweeps import Sweeps


def setup(app: web.Application) -> None:
    """Add what sweeps to the app, which has the chat already."""
    app.cleanup_ctx.append(_sweeps)


async def _sweeps(app: web.Application) -> AsyncIterator[None]:
    app[SWEEPS] = Sweeps(app[ENGINE], kinds(timedelta(days=app[CONFIG].session_idle_days)), app[CHAT])
    async with running(app[SWEEPS].sweep_for_ever):
        yield
