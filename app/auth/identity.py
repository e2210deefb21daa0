"""Who a request comes from: `request[USER]`, from the session that its cookie names; and the settings of the chat."""

from aiohttp import web
from aiohttp.typedefs import Handler
from aiohttp_session import get_session

from app.auth.chat_settings import ChatSettings
from app.auth.cookies import TOKEN, drop_dead_token
from app.auth.keys import ACCOUNTS, CHAT_SETTINGS, LACKS_FACTOR, SESSION_ID, USER
from app.auth.sessions import User
from app.base.config import CONFIG
from app.base.errors import Forbidden, NotLoggedIn

# Asked often, or while the database is down, and the same for everybody.
_ANONYMOUS = ("/static/", "/healthz", "/readyz", "/metrics")


@web.middleware
async def authenticate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Set `request[USER]` and `request[SESSION_ID]`, None for strangers; a cookie of no living session is cleaned."""
    request[USER] = request[SESSION_ID] = None
    request[LACKS_FACTOR] = False
    if not request.path.startswith(_ANONYMOUS):
        cookie = await get_session(request)
        if (token := cookie.get(TOKEN)) is not None:
            session = await request.config_dict[ACCOUNTS].session(str(token))
            if session is None:
                await drop_dead_token(request)
            else:
                request[USER], request[SESSION_ID] = session.user, session.id
                request[LACKS_FACTOR] = session.lacks_factor
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


def check_local(request: web.Request) -> None:
    """Let pass where people log in with passwords of this chat, and not by the provider alone (`LOCAL_ACCOUNTS`).

    Raises:
        Forbidden
    """
    config = request.config_dict[CONFIG]
    if not config.local_accounts:
        raise Forbidden(f"This chat takes no passwords. Log in with {config.oidc_name}.")
