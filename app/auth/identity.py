"""Who a request comes from: `request[USER]`, from the session that its cookie names; and the settings of the chat."""

from aiohttp import web
from aiohttp.typedefs import Handler
from aiohttp_session import get_session

from app.auth.chat_settings import ChatSettings
from app.auth.cookies import TOKEN, drop_dead_token
from app.auth.keys import ACCOUNTS, CHAT_SETTINGS, SESSION_ID, USER
from app.auth.service import User
from app.base.errors import NotLoggedIn

# Asked often, or while the database is down, and the same for everybody.
_ANONYMOUS = ("/static/", "/healthz", "/readyz", "/metrics")


@web.middleware
async def authenticate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Set `request[USER]` and `request[SESSION_ID]`, None for strangers; a cookie of no living session is cleaned."""
    request[USER] = request[SESSION_ID] = None
    if not request.path.startswith(_ANONYMOUS):
        cookie = await get_session(request)
        if (token := cookie.get(TOKEN)) is not None:
            session = await request.config_dict[ACCOUNTS].session(str(token))
            if session is None:
                await drop_dead_token(request)
            else:
                request[USER], request[SESSION_ID] = session.user, session.id
    return await handler(request)


def user_of(request: web.Request) -> User:
    """The user who is logged in.

    Raises:
        NotLoggedIn: which sends a browser to the form, and answers a program with 401.
    """
    user = request[USER]
    if user is None:
        raise NotLoggedIn
    return user


async def chat_settings_of(request: web.Request) -> ChatSettings:
    """The settings of the chat that a request is for."""
    return await request.config_dict[CHAT_SETTINGS].read()
