"""What the app keeps of accounts, and what a request keeps of who sent it."""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from aiohttp.typedefs import Handler

from app.auth.chat_settings import ChatSettingsReader
from app.auth.service import Accounts, OnAccountCreated
from app.auth.sessions import OnSessionEnded, Proven, Session, User, Visitor

ACCOUNTS = web.AppKey("accounts", Accounts)
CHAT_SETTINGS = web.AppKey("chat_settings", ChatSettingsReader)
BCRYPT_COST = web.AppKey("bcrypt_cost", int)  # where it is not the usual one

# Set by features above this one: what they do for a new account, and when a session has ended. See `Accounts`.
ON_ACCOUNT_CREATED: web.AppKey[OnAccountCreated] = web.AppKey("on_account_created")
ON_SESSION_ENDED: web.AppKey[OnSessionEnded] = web.AppKey("on_session_ended")
# Called with login, address and network of whoever has created an account and typed an e-mail address.
ON_EMAIL_GIVEN: web.AppKey[Callable[[str, str, str], Awaitable[None]]] = web.AppKey("on_email_given")
# Called with the session and its visitor when somebody has logged in.
ON_ENTERED: web.AppKey[Callable[[Session, Visitor], Awaitable[None]]] = web.AppKey("on_entered")
# Called with who has proved their password and where they want to go: a page that asks for more, or None.
OnProved = Callable[[web.Request, Proven, Visitor, str], Awaitable[web.StreamResponse | None]]
ON_PROVED: web.AppKey[OnProved] = web.AppKey("on_proved")
# By path: what answers a form of ours whose token is not, or no longer, that of the browser.
ON_STALE_FORM: web.AppKey[Mapping[str, Handler]] = web.AppKey("on_stale_form")

USER: web.RequestKey[User | None] = web.RequestKey("user")
SESSION_ID: web.RequestKey[int | None] = web.RequestKey("session_id")
LACKS_FACTOR: web.RequestKey[bool] = web.RequestKey("lacks_factor")  # that this chat asks for
