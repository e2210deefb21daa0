"""What the app keeps of accounts, and what a request keeps of who sent it."""

from collections.abc import Mapping

from aiohttp import web
from aiohttp.typedefs import Handler

from app.auth.chat_settings import ChatSettingsReader
from app.auth.service import Accounts, OnAccountCreated, OnSessionEnded, User

ACCOUNTS = web.AppKey("accounts", Accounts)
CHAT_SETTINGS = web.AppKey("chat_settings", ChatSettingsReader)
BCRYPT_COST = web.AppKey("bcrypt_cost", int)  # where it is not the usual one

# Set by features above this one: what they do for a new account, and when a session has ended. See `Accounts`.
ON_ACCOUNT_CREATED: web.AppKey[OnAccountCreated] = web.AppKey("on_account_created")
ON_SESSION_ENDED: web.AppKey[OnSessionEnded] = web.AppKey("on_session_ended")
# By path: what answers a form of ours whose token is not, or no longer, that of the browser.
ON_STALE_FORM: web.AppKey[Mapping[str, Handler]] = web.AppKey("on_stale_form")

USER: web.RequestKey[User | None] = web.RequestKey("user")
SESSION_ID: web.RequestKey[int | None] = web.RequestKey("session_id")
