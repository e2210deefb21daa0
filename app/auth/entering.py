"""A browser gets a session, or loses it: what becomes of its cookie."""

from dataclasses import replace

from aiohttp import web
from aiohttp_session import get_session, new_session

from app.auth.cookies import CSRF, FORMER_CSRF, SHARED, TOKEN, csrf_token, devices_of, know_device
from app.auth.identity import user_of
from app.auth.keys import ACCOUNTS, ON_ENTERED
from app.auth.sessions import Visitor
from app.base.errors import BadForm, WrongPassword
from app.web.proxy import client_address, is_local, own_origin

# In the session cookie, so that it is in no address, no log and no other site's hands once it was followed.
INVITATION = "invitation"


def visitor_of(request: web.Request) -> Visitor:
    """Who sends a request, as the network shows them."""
    agent = request.headers.get("User-Agent", "")
    address, origin = client_address(request), own_origin(request)
    return Visitor(address, agent, origin, is_local=is_local(request), devices=devices_of(request))


async def visitor_in(request: web.Request) -> Visitor:
    """The same of who is logged in; on a shared computer what begins for them is as short as what they have."""
    return replace(visitor_of(request), is_shared=SHARED in await get_session(request))


async def invitation_in(request: web.Request) -> str:
    """The token of the invitation that this browser followed last; empty without one."""
    return str((await get_session(request)).get(INVITATION, ""))


async def enter(request: web.Request, token: str, visitor: Visitor, proof: str = "") -> None:
    """Give the browser the session that began for this visitor, and the proof of the password that they typed.

    The old one ends, so that nobody keeps what was planted before. Unless others use the computer, too, it is a known
    device of this person from now on.
    """
    session = await request.config_dict[ACCOUNTS].session(token)
    if session is not None and not visitor.is_shared:
        know_device(request, session.user.id, proof)
    former = (await get_session(request)).get(CSRF)
    await leave(request)
    cookie = await new_session(request)
    cookie[TOKEN], cookie[FORMER_CSRF] = token, former
    if visitor.is_shared:
        cookie[SHARED] = True
    await csrf_token(request)  # now, so that pages opened at once all carry the same
    if session is not None and (on_entered := request.config_dict.get(ON_ENTERED)) is not None:
        await on_entered(session, visitor)


async def prove_again(request: web.Request, password: str) -> None:
    """Let pass who is logged in and types their password once more.

    Raises:
        BadForm: it is not theirs.
        RateLimited, Unavailable: as `Accounts.prove` does.
    """
    user, accounts = user_of(request), request.config_dict[ACCOUNTS]
    try:
        await accounts.prove(user.login, password, visitor_of(request))
    except WrongPassword:
        has_none = "Your account has no password. An administrator can make you a link to choose one."
        reason = "This is not your password." if await accounts.has_password(user.id) else has_none
        raise BadForm({"password": reason}) from None


async def leave(request: web.Request) -> None:
    """End the session of the browser, if it has one, and forget what its cookie kept."""
    cookie = await get_session(request)
    if TOKEN in cookie:
        await request.config_dict[ACCOUNTS].sign_out(str(cookie[TOKEN]))
    cookie.invalidate()
