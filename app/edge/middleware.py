"""The edge: errors to one shape, security headers, https, and whose request it is (Origin and CSRF).

One of the two places that turn exceptions into answers. It works without the database, as it has the page that says
that the database is gone. The name of the chat on that page is the one that was read last.
"""

import logging

import aiohttp_jinja2
import aiohttp_session
from aiohttp import web
from aiohttp.typedefs import Handler

from app.auth import CHAT_SETTINGS, ON_STALE_FORM, USER, chat_settings_of
from app.auth.cookies import cookie_storage, is_csrf_token
from app.base.config import CONFIG
from app.base.errors import AppError, BadCommand, BadCsrf, BadOrigin, NotLoggedIn
from app.base.log_fields import fields
from app.chat.keys import PULSE
from app.db.driver.causes import cause_of
from app.db.driver.engine import DATABASE_GONE
from app.live.refusals import count_refusal
from app.process.logs import LOGGED, loggable_path
from app.process.peers import SIGNED_IN
from app.web.forms import token_in
from app.web.proxy import client_address, https_url, is_https, is_own_origin
from app.web.redirects import log_in_path, retry_after, to_log_in
from app.web.request_id import HEADER, request_id

log = logging.getLogger(__name__)

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
HEALTH_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
STATIC, FILES = "/static/", ("/files/", "/avatars/")

HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            *(f"{kind}-src 'self'" for kind in ("script", "style", "connect", "media", "font", "manifest")),
            "img-src 'self' data: blob:",  # small placeholders, and pictures that are on their way
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# Those that a script, a style or a picture needs.
STATIC_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# What somebody gave, opened by itself: it runs nothing, and loads nothing but itself. The styles are those of the page
# that a browser makes for it.
_ALONE = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
FILE_HEADERS = {**HEADERS, "Content-Security-Policy": f"sandbox; {_ALONE}"}
# Chromium's player gets no byte of a video or a sound whose page has no origin.
PLAYED_HEADERS = {**HEADERS, "Content-Security-Policy": f"sandbox allow-same-origin; {_ALONE}"}
_PLAYED = ("video/", "audio/")
HSTS = "max-age=31536000"

_PREPARED: web.RequestKey[bool] = web.RequestKey("prepared")

# By status: the title of its page; code and message of aiohttp's own errors.
_TITLES = {
    403: "That was not accepted",
    404: "There is nothing here",
    405: "That is not possible here",
    413: "That is too much at once",
    429: "A moment, please",
    500: "Something went wrong on our side",
    503: "Back in a moment",
}
_PLAIN = {
    403: ("forbidden", "You may not do this."),
    404: ("not_found", "The address may be mistyped, or what was here is gone."),
    405: ("method_not_allowed", "This address does not take requests of that kind."),
    413: ("too_large", "A form may have 8 KiB. Go back and shorten what you typed."),
}
_UNNAMED = ("bad_request", "The server could not make sense of this request.")


def setup(app: web.Application) -> None:
    """Add what stands around all, outermost first; whoever comes later is inside."""
    # Outside of the errors, so that a refused request can still lose its dead cookie.
    aiohttp_session.setup(app, cookie_storage(app[CONFIG]))
    app.middlewares.extend([errors, https])
    app.on_response_prepare.append(add_headers)


def guard(app: web.Application) -> None:
    """Add what judges a request; inside of what counts it and has it wait, as it reads the body."""
    app.middlewares.extend([plain_bodies, same_origin, csrf])


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every exception: a page for people, JSON for programs, and never a traceback."""
    logged: dict[str, object] = {"from": client_address(request), "request": request_id(request)}
    request[LOGGED] = logged
    try:
        return await handler(request)
    except web.HTTPException as error:
        return error if error.status < 400 else await _answer_plain(request, error)
    except Exception as error:
        if _PREPARED in request:
            raise  # a second answer on the same connection would be garbage: aiohttp logs this and closes
        return await _refuse(request, _as_refusal(request, error))
    finally:
        if (user := request.get(USER)) is not None:
            logged["user"] = str(user.id)


@web.middleware
async def https(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Send plain http to https, where `PUBLIC_URL` is https and a trusted proxy says that this request was not.

    A program is refused: it would go on sending what everybody on the way can read.
    """
    if request.path not in HEALTH_PATHS and (url := https_url(request)) is not None:
        if _wants_json(request):
            raise BadCommand("This chat is reached by https alone.")
        return web.Response(status=308, headers={"Location": url})
    return await handler(request)


@web.middleware
async def plain_bodies(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a body that is compressed: nothing of ours sends one, and it may become a thousand times as large."""
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in ("identity", ""):
        raise BadCommand("Send the body as it is: this server takes none that are compressed.")
    return await handler(request)


@web.middleware
async def same_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what changes something and comes from another site's page."""
    if request.method not in SAFE_METHODS:
        foreign = "Origin" in request.headers and not is_own_origin(request)
        if foreign or request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
            raise BadOrigin
    return await handler(request)


@web.middleware
async def csrf(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what changes something without the token of this browser, in the form or in `X-CSRF-Token`.

    A form may have an answer of its own to that.
    """
    if request.method not in SAFE_METHODS:
        given = request.headers.get("X-CSRF-Token") or await token_in(request)
        if not await is_csrf_token(request, given):
            if (answer := request.config_dict.get(ON_STALE_FORM, {}).get(request.path)) is not None:
                return await answer(request)
            raise BadCsrf
    return await handler(request)


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Set the security headers of every answer, whoever made it."""
    request[_PREPARED] = True
    response.headers[HEADER] = request_id(request)
    if request.get(USER) is not None:
        request[SIGNED_IN] = True
    if response.status == 101:
        return  # nothing that a browser shows
    kept = request.path.startswith(STATIC) and response.status < 400
    if request.path.startswith(FILES) and response.status < 400:
        response.headers.update(PLAYED_HEADERS if response.content_type.startswith(_PLAYED) else FILE_HEADERS)
    else:
        response.headers.update(STATIC_HEADERS if kept else HEADERS)
    response.headers.popall("Server", None)
    if response.content_type.startswith("text/") and response.charset is None:
        response.charset = "utf-8"
    if is_https(request):
        response.headers["Strict-Transport-Security"] = HSTS
    response.headers.setdefault("Cache-Control", "public, max-age=31536000, immutable" if kept else "no-store")


def _as_refusal(request: web.Request, error: Exception) -> AppError:
    if isinstance(error, AppError):
        return error
    if isinstance(error, web.RequestPayloadError):
        return BadCommand("The body of this request is broken.")
    what = {
        "method": request.method,
        "path": loggable_path(request),
        "error": type(error).__name__,
        "request": request_id(request),
    }
    if isinstance(error, DATABASE_GONE):
        log.warning("unavailable", extra=fields(**what, reason=cause_of(error).reason))
        return request.config_dict[PULSE].refusal(error)
    log.error("request failed", exc_info=error, extra=fields(**what))
    return AppError()


async def _refuse(request: web.Request, error: AppError) -> web.Response:
    if isinstance(error, NotLoggedIn) and not _wants_json(request):
        return to_log_in(request)
    count_refusal(error)
    response = await _answer(request, error.http_status, error.code, error.message, error.retry_after_s)
    response.headers.update(retry_after(error))
    return response


async def _answer_plain(request: web.Request, error: web.HTTPException) -> web.Response:
    code, message = _PLAIN.get(error.status, _UNNAMED)
    response = await _answer(request, error.status, code, message)
    if "Allow" in error.headers:
        response.headers["Allow"] = error.headers["Allow"]
    return response


async def _answer(
    request: web.Request, status: int, code: str, message: str, retry_after_s: float | None = None
) -> web.Response:
    if _wants_json(request):
        later = {} if retry_after_s is None else {"retry_after": retry_after_s}
        return web.json_response({"error": {"code": code, "message": message, **later}}, status=status)
    context = {
        "log_in": log_in_path(request) if code == BadCsrf.code and request.get(USER) is None else "",
        "title": _TITLES.get(status, "That did not work"),
        "message": message if status != 500 else "It has been noted. Try again in a moment.",
        "brand": await _brand(request, status),
        "request_id": request_id(request) if status >= 500 else None,
        "tries_again": status == 503 and request.method in SAFE_METHODS,
    }
    return aiohttp_jinja2.render_template("error.html", request, context, status=status)


async def _brand(request: web.Request, status: int) -> str:
    """What this chat is called; where somebody sends too much, or we are in trouble, the database is not asked."""
    if status in (429, 500, 503):
        return request.config_dict[CHAT_SETTINGS].last.name
    return (await chat_settings_of(request)).name


def _wants_json(request: web.Request) -> bool:
    accept = request.headers.get("Accept", "")
    program = request.path.startswith("/api/") or request.path == "/ws"
    return program or ("application/json" in accept and "text/html" not in accept)
