"""Accounts: who is who, and how they prove it."""

from collections.abc import AsyncIterator

from aiohttp import web

from app.auth.chat_settings import ChatSettings, ChatSettingsReader
from app.auth.cookies import csrf_token
from app.auth.identity import authenticate, chat_settings_of, user_of
from app.auth.keys import (
    ACCOUNTS,
    BCRYPT_COST,
    CHAT_SETTINGS,
    LACKS_FACTOR,
    ON_ACCOUNT_CREATED,
    ON_EMAIL_GIVEN,
    ON_ENTERED,
    ON_PROVED,
    ON_SESSION_ENDED,
    ON_STALE_FORM,
    SESSION_ID,
    USER,
)
from app.auth.passwords import COST, KNOWN_TURN_S, STRANGERS_NICE, Passwords
from app.auth.service import Accounts
from app.auth.sessions import User
from app.auth.views import log_in_with_old_form, routes, sign_out_with_old_form, sign_up_with_old_form
from app.base.config import CONFIG
from app.db.driver.engine import ENGINE

__all__ = [
    "ACCOUNTS",
    "BCRYPT_COST",
    "CHAT_SETTINGS",
    "LACKS_FACTOR",
    "ON_ACCOUNT_CREATED",
    "ON_EMAIL_GIVEN",
    "ON_ENTERED",
    "ON_PROVED",
    "ON_SESSION_ENDED",
    "ON_STALE_FORM",
    "SESSION_ID",
    "USER",
    "ChatSettings",
    "User",
    "chat_settings_of",
    "csrf_token",
    "setup",
    "user_of",
]


def setup(app: web.Application) -> None:
    """Add the forms, and the middleware that sets the user of a request; the engine must be set up before."""
    app.middlewares.append(authenticate)
    app.cleanup_ctx.append(_accounts)
    app.add_routes(routes)
    app[ON_STALE_FORM] = {
        "/login": log_in_with_old_form,
        "/signin": sign_up_with_old_form,
        "/signout": sign_out_with_old_form,
    }


async def _accounts(app: web.Application) -> AsyncIterator[None]:
    cost = app.get(BCRYPT_COST, COST)
    known, strangers = Passwords(cost=cost, turn_s=KNOWN_TURN_S), Passwords(cost=cost, nice=STRANGERS_NICE)
    app[CHAT_SETTINGS] = ChatSettingsReader(app[ENGINE])
    hooks = app[ON_ACCOUNT_CREATED], app[ON_SESSION_ENDED]
    app[ACCOUNTS] = Accounts(app[ENGINE], known, strangers, app[CONFIG], *hooks)
    yield
    known.close()
    strangers.close()
