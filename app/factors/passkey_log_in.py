"""Logging in with a passkey, alone or after the password: what the script of these pages asks for, in JSON."""

from base64 import b64decode, b64encode
from dataclasses import replace
from typing import Any

from aiohttp import web
from aiohttp_session import get_session

from app.auth.entering import enter, visitor_of
from app.auth.identity import check_local
from app.base.errors import Forbidden
from app.factors.keys import FACTORS
from app.factors.logging_in import proved_in, visitor_who
from app.factors.passkeys.keys import PASSKEYS
from app.factors.passkeys.party import party_of
from app.factors.passkeys.terms import BadPasskey
from app.web.forms import form_fields
from app.web.redirects import safe_path

routes = web.RouteTableDef()
_ALONE, _SECOND = "/login/passkey", "/login/code/passkey"
# In the encrypted session cookie: a challenge is good in the browser for which it was made, and nowhere else.
_CHALLENGE = "passkey"


@routes.post(f"{_ALONE}/options")
async def begin(request: web.Request) -> web.Response:
    """What the browser needs to prove a passkey, whoever's it is."""
    check_local(request)
    options, challenge = await request.app[PASSKEYS].begin_to_enter(await party_of(request))
    await keep_challenge(request, challenge)
    return web.json_response(text=options)


@routes.post(_ALONE)
async def log_in(request: web.Request) -> web.Response:
    """Log in with a passkey, without login and password."""
    check_local(request)
    fields, party, challenge = await form_fields(request), await party_of(request), await kept_challenge(request)
    visitor = replace(visitor_of(request), is_shared="shared" in fields)
    token = await request.app[PASSKEYS].enter(party, challenge, fields.get("credential", ""), visitor)
    await enter(request, token, visitor)
    return web.json_response({"location": safe_path(fields.get("next", "/"))})


@routes.post(f"{_SECOND}/options")
async def begin_second(request: web.Request) -> web.Response:
    """The same for who has proved the password: one of their own."""
    proved = await _proved(request)
    user = await request.app[FACTORS].proved_before(proved["user"], proved["proof"])
    options, challenge = await request.app[PASSKEYS].begin_to_enter(await party_of(request), user)
    await keep_challenge(request, challenge)
    return web.json_response(text=options)


@routes.post(_SECOND)
async def log_in_second(request: web.Request) -> web.Response:
    """Log in with a passkey after the password."""
    fields, party, challenge = await form_fields(request), await party_of(request), await kept_challenge(request)
    proved = await _proved(request)
    user = await request.app[FACTORS].proved_before(proved["user"], proved["proof"])
    visitor = visitor_who(request, proved)
    token = await request.app[PASSKEYS].enter(party, challenge, fields.get("credential", ""), visitor, user)
    await enter(request, token, visitor)
    return web.json_response({"location": safe_path(proved["wanted"])})


async def keep_challenge(request: web.Request, challenge: bytes) -> None:
    """Keep what this browser is to sign, in place of what it was to sign before."""
    (await get_session(request))[_CHALLENGE] = b64encode(challenge).decode()


async def kept_challenge(request: web.Request) -> bytes:
    """What this browser was to sign.

    Raises:
        BadPasskey: nothing.
    """
    kept = (await get_session(request)).pop(_CHALLENGE, None)
    if kept is None:
        raise BadPasskey("no challenge", "That took too long, or was done already. Try again.")
    return b64decode(kept)


async def _proved(request: web.Request) -> dict[str, Any]:
    proved = await proved_in(request)
    if proved is None:
        raise Forbidden("Your password was typed too long ago. Go back, and log in again.")
    return proved
