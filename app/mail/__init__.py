"""Letters: mail that goes out by somebody else's server."""

from collections.abc import AsyncIterator

from aiohttp import web

from app.base.config import CONFIG
from app.live.tasks import running
from app.mail.keys import MAILER
from app.mail.mailer import Mailer


def setup(app: web.Application) -> None:
    """Send what is handed to the mailer while the app runs; without `SMTP_URL` there is nothing to do."""
    app.cleanup_ctx.append(_mailing)


async def _mailing(app: web.Application) -> AsyncIterator[None]:
    url = app[CONFIG].smtp_url
    mailer = app[MAILER] = Mailer(url.get_secret_value() if url is not None else None)
    async with running(mailer.send_for_ever):
        yield
