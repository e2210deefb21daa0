"""Ways back to an account, and what a person sees and ends of their own sessions."""

from collections.abc import AsyncIterator

from aiohttp import web

from app.auth import ACCOUNTS, CHAT_SETTINGS, ON_EMAIL_GIVEN, ON_ENTERED
from app.auth.public_address import public_address
from app.db.driver.engine import ENGINE
from app.mail.keys import MAILER
from app.recovery import admins, email, reset, sessions
from app.recovery.devices import Devices
from app.recovery.keys import DEVICES, MAILING, RECOVERY
from app.recovery.mailing import Mailing
from app.recovery.service import Recovery


def setup(app: web.Application) -> None:
    """Add the pages; people and mail must be set up before."""
    app.cleanup_ctx.append(_recovery)
    for part in (reset, admins, sessions, email):
        app.add_routes(part.routes)


async def _recovery(app: web.Application) -> AsyncIterator[None]:
    async def chat() -> tuple[str, str]:
        return (await app[CHAT_SETTINGS].read()).name, await public_address(app)

    app[RECOVERY] = Recovery(app[ENGINE], app[ACCOUNTS])
    app[MAILING] = Mailing(app[ENGINE], app[MAILER], chat)
    app[DEVICES] = Devices(app[ENGINE], app[MAILING])
    app[ON_ENTERED] = app[DEVICES].on_entered
    app[ON_EMAIL_GIVEN] = app[MAILING].confirm_new
    yield
