"""Who a request comes from: `request[USER]`, from the session that its cookie names."""

from aiohttp import web
from aiohttp.typedefs import Handler
from aiohttp_session import get_session

from app.auth.cookies import TOKEN, drop_dead_token
from app.auth.service import Accounts, OnAccountCreated, OnSessionEnded, User
from app.base.errors import NotLoggedIn

ACCOUNTS = web.AppKey("accounts", Accounts)
# Set by those above: who gives new people something, and who holds sockets open for sessions. See `Accounts`.
ON_ACCOUNT_CREATED: web.AppKey[OnAccountCreated] = web.AppKey("on_account_created")
ON_SESSION_ENDED: web.AppKey[OnSessionEnded] = web.AppKey("on_session_ended")

USER: web.RequestKey[User | None] = web.RequestKey("user")
SESSION_ID: web.RequestKey[int | None] = web.RequestKey("session_id")

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
        NotLoggedIn: which sends a browser to the form and tells a program 401.
    """
    user = request[USER]
    if user is None:
        raise NotLoggedIn
    return user
