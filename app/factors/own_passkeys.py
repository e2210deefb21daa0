"""One's own passkeys: listed, added, named, removed. What a script asks for here is answered in JSON."""

from aiohttp import web
from aiohttp_session import get_session

from app.auth import ACCOUNTS, User, chat_settings_of, user_of
from app.auth.cookies import SHARED
from app.auth.entering import prove_again
from app.auth.identity import check_local
from app.auth.names import BadName, display_name
from app.base.errors import BadForm, Forbidden, NotFound
from app.factors.gate import PAGE as SECOND_FACTOR
from app.factors.gate import PASSKEYS_PAGE
from app.factors.keys import FACTORS
from app.factors.passkey_log_in import keep_challenge, kept_challenge
from app.factors.passkeys.keys import PASSKEYS
from app.factors.passkeys.party import NoPasskeysHere, Party, party_of
from app.people.pages import page
from app.recovery.browsers import device
from app.web.asked import ID, id_in, typed
from app.web.forms import REFUSALS, form_fields, refused, with_status
from app.web.redirects import see_other

routes = web.RouteTableDef()
_ONE = rf"{PASSKEYS_PAGE}/{{id:{ID}}}"
_DONE = {"added": "Your passkey is added.", "name": "Saved.", "removed": "That passkey is removed."}
_SHARED_COMPUTER = "This is a shared computer: make your passkeys on a device of your own."
_PROVES_NOTHING = (
    "A passkey is added with your password, and your account has none. Ask an administrator for a link to one."
)


@routes.get(PASSKEYS_PAGE)
async def passkeys(request: web.Request) -> web.Response:
    """The list of one's passkeys, and the form to add one."""
    user = user_of(request)
    try:
        obstacle, host = None, (await _party(request)).host
    except Forbidden as refusal:
        obstacle, host = refusal.message, None
    return await page(
        request,
        "factors/passkeys.html",
        passkeys=await request.app[PASSKEYS].of(user.id),
        obstacle=obstacle,
        host=host,
        typed={"name": device(request.headers.get("User-Agent", ""))},
        done=_DONE.get(typed(request, "done")),
    )


@routes.post(f"{PASSKEYS_PAGE}/options")
async def begin_to_add(request: web.Request) -> web.Response:
    """What the browser needs to make a passkey, for who types their password."""
    user, fields, party = user_of(request), await form_fields(request), await _party(request)
    _name_in(fields.get("name", ""))  # before the browser has made one that nobody could keep
    await prove_again(request, fields.get("password", ""))
    brand = (await chat_settings_of(request)).name
    options, challenge = await request.app[PASSKEYS].begin_to_add(user, party, brand)
    await keep_challenge(request, challenge)
    return web.json_response(text=options)


@routes.post(PASSKEYS_PAGE)
async def add(request: web.Request) -> web.Response:
    """Keep the passkey that the browser made."""
    user, fields, party = user_of(request), await form_fields(request), await _party(request)
    name, challenge = _name_in(fields.get("name", "")), await kept_challenge(request)
    await request.app[PASSKEYS].add(user, party, challenge, fields.get("credential", ""), name)
    factor = await request.app[FACTORS].factor_of(user.id)
    is_without_codes = factor.is_asked and not factor.codes_left
    return web.json_response(
        {"location": f"{SECOND_FACTOR}?done=passkey" if is_without_codes else f"{PASSKEYS_PAGE}?done=added"}
    )


@routes.get(_ONE)
async def one(request: web.Request) -> web.Response:
    """The page of one passkey, where it gets another name or is removed."""
    return await _one(request)


@routes.post(f"{_ONE}/name")
async def rename(request: web.Request) -> web.Response:
    """Give it another name."""
    user, fields = user_of(request), await form_fields(request)
    try:
        await request.app[PASSKEYS].rename(user, id_in(request, "id"), _name_in(fields.get("name", "")))
    except REFUSALS as error:
        return await _one_again(request, error, "name", fields)
    return see_other(f"{PASSKEYS_PAGE}?done=name")


@routes.post(f"{_ONE}/remove")
async def remove(request: web.Request) -> web.Response:
    """Remove it, with the password."""
    user, fields = user_of(request), await form_fields(request)
    try:
        await prove_again(request, fields.get("password", ""))
        await request.app[PASSKEYS].remove(user, id_in(request, "id"))
    except REFUSALS as error:
        return await _one_again(request, error, "remove", {})
    return see_other(f"{PASSKEYS_PAGE}?done=removed")


async def _party(request: web.Request) -> Party:
    check_local(request)
    if SHARED in await get_session(request):
        raise NoPasskeysHere(_SHARED_COMPUTER)
    if not await request.app[ACCOUNTS].has_password(user_of(request).id):
        raise NoPasskeysHere(_PROVES_NOTHING)
    return await party_of(request)


async def _one(request: web.Request, **more: object) -> web.Response:
    user: User = user_of(request)
    theirs = {each.id: each for each in await request.app[PASSKEYS].of(user.id)}
    if (passkey := theirs.get(id_in(request, "id"))) is None:
        raise NotFound
    context = {"passkey": passkey, "typed": {"name": passkey.name}}
    return await page(request, "factors/passkey.html", **(context | more))


async def _one_again(request: web.Request, error: Exception, form: str, fields: dict[str, str]) -> web.Response:
    if isinstance(error, NotFound):
        raise error
    more = refused(error, fields, ("name",)) if fields else refused(error, {}, ())
    if not fields:
        del more["typed"]
    return with_status(await _one(request, **more, refused=form), error)


def _name_in(text: str) -> str:
    try:
        return display_name(text)
    except BadName as error:
        raise BadForm({"name": str(error)}) from None
