"""The session cookie: aiohttp-session's encrypted one, with a session token and a CSRF token in it, and the one before.

What a session means stands in the database; a copy of an old cookie is worth nothing once its row is gone. And a cookie
by which a browser is known again to those who logged in with it; it logs in nobody.
"""

import hmac
import json
import secrets
import warnings
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import astuple, replace

from aiohttp import web
from aiohttp_session import Session, get_session
from aiohttp_session.cookie_storage import EncryptedCookieStorage
from cryptography.fernet import Fernet, InvalidToken

from app.auth.sessions import Device
from app.base.config import CONFIG, Config
from app.base.secrets import derived_key
from app.web.proxy import is_https

# aiohttp-session 2.12 keeps its session under text keys and is not to be changed from here.
warnings.filterwarnings("ignore", category=web.NotAppKeyWarning, module="aiohttp_session")

TOKEN = "token"  # noqa: S105 (a key)
_KNOWN = "-known"
_DEVICE = "-device"
# Of accounts in one browser, so that the cookie stays small.
_MOST_ACCOUNTS = 8
_NEW_DEVICE: web.RequestKey[str] = web.RequestKey("new_device")
CSRF = "csrf"
FORMER_CSRF = "former_csrf"  # of this browser before it logged in: good for forms that log in, and for nothing else
SHARED = "shared"  # the computer is: the cookie ends with the browser
_SHARED = "-shared"  # a cookie beside it, which stays: what is kept in this browser is to go with the session
_CSRF_BYTES = 32
_DAY_S = 86_400
_KNOWN_S = 400 * _DAY_S  # browsers keep no cookie for longer


class CookieStorage(EncryptedCookieStorage):
    """`__Host-parley` and `Secure` where people reach us by https, else `parley`.

    Anything that we did not encrypt is no cookie. The deletion has the attributes, too: browsers refuse it otherwise.
    """

    def load_cookie(self, request: web.Request) -> str | None:
        cookie = request.cookies.get(cookie_name(request))
        return cookie if cookie is not None and cookie.isascii() else None

    async def save_session(self, request: web.Request, response: web.StreamResponse, session: Session) -> None:
        name, secure = cookie_name(request), is_https(request)
        if (device := request.get(_NEW_DEVICE)) is not None:
            _keep(request, response, _DEVICE, device)
        if session.empty:
            response.del_cookie(name, path="/", secure=secure, httponly=True, samesite="Lax")
            return
        plain = self._encoder(self._get_session_data(session)).encode()
        value = self._fernet.encrypt(plain).decode()
        lives_s = None if SHARED in session else self.max_age
        response.set_cookie(name, value, max_age=lives_s, path="/", secure=secure, httponly=True, samesite="Lax")
        if SHARED in session:
            _keep(request, response, _SHARED)
        elif TOKEN in session and was_shared(request):
            response.del_cookie(name + _SHARED, path="/", secure=secure, httponly=True, samesite="Lax")


def cookie_storage(config: Config) -> CookieStorage:
    """The storage with a key derived from `SECRET_KEY`, whose cookies live for `SESSION_DAYS`.

    Raises:
        BadConfig: there is no `SECRET_KEY`.
    """
    return CookieStorage(derived_key(config, "session cookie"), max_age=config.session_days * _DAY_S)


def cookie_name(request: web.Request) -> str:
    return "__Host-parley" if is_https(request) else "parley"


def remember(request: web.Request, response: web.StreamResponse) -> None:
    """Keep that somebody has been logged in with this browser, and nothing about whom, beyond the session."""
    _keep(request, response, _KNOWN)


def was_shared(request: web.Request) -> bool:
    """Whether whoever logged in last with this browser said that it is on a shared computer."""
    return cookie_name(request) + _SHARED in request.cookies


def devices_of(request: web.Request) -> dict[int, Device]:
    """What this browser is known as to the accounts that logged in with it, by their ids, the last one last.

    A device cookie as in OWASP's "Slow Down Online Guessing Attacks with Device Cookies".
    """
    cookie = request.cookies.get(cookie_name(request) + _DEVICE, "")
    try:
        plain = _device_fernet(request).decrypt(cookie.encode(), ttl=_KNOWN_S)
    except InvalidToken:
        return {}
    kept = {int(user_id): device for user_id, device in json.loads(plain).items()}
    return {user_id: Device(*([each] if isinstance(each, str) else each)) for user_id, each in kept.items()}


def know_device(request: web.Request, user_id: int, proof: str = "") -> None:
    """Have this browser be known to an account from now on, by the name that it has already or by a new one.

    It keeps the proof of the password that was typed just now, else the one that it has.
    """
    devices = devices_of(request)
    device = devices.pop(user_id, None) or Device(secrets.token_urlsafe(12))
    devices[user_id] = replace(device, proof=proof or device.proof)
    kept = {user_id: astuple(each) for user_id, each in [*devices.items()][-_MOST_ACCOUNTS:]}
    request[_NEW_DEVICE] = _device_fernet(request).encrypt(json.dumps(kept).encode()).decode()


def _device_fernet(request: web.Request) -> Fernet:
    return Fernet(urlsafe_b64encode(derived_key(request.config_dict[CONFIG], "device cookie")))


def _keep(request: web.Request, response: web.StreamResponse, suffix: str, value: str = "1") -> None:
    name, secure = cookie_name(request) + suffix, is_https(request)
    response.set_cookie(name, value, max_age=_KNOWN_S, path="/", secure=secure, httponly=True, samesite="Lax")


async def drop_dead_token(request: web.Request) -> None:
    """Take the token of a session that is no more out of the cookie, which still remembers that there was one."""
    session = await get_session(request)
    del session[TOKEN]
    session[_KNOWN] = True


async def is_known(request: web.Request) -> bool:
    """Whether somebody is, or has been, logged in with this browser."""
    session = await get_session(request)
    return TOKEN in session or _KNOWN in session or cookie_name(request) + _KNOWN in request.cookies


async def csrf_token(request: web.Request) -> str:
    """The token that every form of this browser carries; made on first use.

    Masked anew each time, so that pages may be compressed: a secret that always looks the same could be guessed, letter
    by letter, from their size by whoever gets text of their own into them (BREACH, https://www.breachattack.com).
    """
    session = await get_session(request)
    if not isinstance(session.get(CSRF), str):
        session[CSRF] = secrets.token_urlsafe(_CSRF_BYTES)
    secret = urlsafe_b64decode(f"{session[CSRF]}=")
    mask = secrets.token_bytes(len(secret))
    return urlsafe_b64encode(mask + _xor(mask, secret)).decode()


async def is_csrf_token(request: web.Request, given: str, kind: str = CSRF) -> bool:
    """Whether `given` is this browser's token under any mask, in constant time; False when it has none yet."""
    expected = (await get_session(request)).get(kind)
    try:
        masked = urlsafe_b64decode(given.encode("ascii"))
    except ValueError:
        return False
    mask, secret = masked[:_CSRF_BYTES], masked[_CSRF_BYTES:]
    if not isinstance(expected, str) or len(secret) != len(mask):
        return False
    return hmac.compare_digest(urlsafe_b64decode(f"{expected}="), _xor(mask, secret))


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
