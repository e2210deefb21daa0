"""Who is in this chat and what they are called, who comes in, and who looks after it."""

from collections.abc import AsyncIterator

from aiohttp import web

from app.auth import ACCOUNTS
from app.chat.keys import FOLLOWING
from app.db.driver.engine import ENGINE
from app.people import account, avatar, chat_settings, views
from app.people.keys import PEOPLE
from app.people.service import People


def setup(app: web.Application) -> None:
    """Add the pages; accounts and chat must be set up before."""
    app.cleanup_ctx.append(_people)
    for part in (views, account, avatar, chat_settings):
        app.add_routes(part.routes)


async def _people(app: web.Application) -> AsyncIterator[None]:
    app[PEOPLE] = People(app[ENGINE], app[ACCOUNTS], app[FOLLOWING])
    yield
