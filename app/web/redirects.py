"""Where to send a browser, and when to come again: the parts of an answer that an attacker would like to choose."""

import math
import re
from urllib.parse import quote

from aiohttp import web

from app.base.errors import AppError
from app.web.proxy import own_origin

# One slash and no second one or backslash: browsers take `//host` and `/\\host` for another site, and they drop tabs
# and line ends before they look. Only what a browser itself would send; not `/.//host` either.
_SAFE_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")
MOST_KEPT_CHARS = 2_000  # of an address to come back to: proxies and browsers refuse a header that is too long
_DOTS_THEN_SLASHES = re.compile(r"/(?:\.|%2e)*/", re.IGNORECASE)


def safe_path(wanted: str) -> str:
    """`wanted` when it is a path on this site, else `/`."""
    path = wanted.partition("?")[0].partition("#")[0]
    return wanted if _SAFE_PATH.fullmatch(wanted) and not _DOTS_THEN_SLASHES.search(path) else "/"


def see_other(path: str) -> web.Response:
    """303 to a safe path, written as it is: `HTTPSeeOther` would normalise it after it was checked."""
    return web.Response(status=303, headers={"Location": path})


def to_log_in(request: web.Request) -> web.Response:
    """303 to the form, which comes back to what was asked for; where a form was sent, to its page."""
    return see_other(log_in_path(request))


def log_in_path(request: web.Request) -> str:
    """The form to log in, which comes back to what was asked for; where a form was sent, to its page."""
    wanted = request.raw_path if request.method in ("GET", "HEAD") else _page_of_form(request)
    kept = wanted if len(wanted) <= MOST_KEPT_CHARS else "/"
    return f"/login?next={quote(safe_path(kept), safe='/')}"


def _page_of_form(request: web.Request) -> str:
    origin, referrer = own_origin(request), request.headers.get("Referer", "")
    return referrer.removeprefix(origin) if referrer.startswith(f"{origin}/") else "/"


def retry_after(error: AppError) -> dict[str, str]:
    """The header that says in how many whole seconds trying again makes sense."""
    return {} if error.retry_after_s is None else {"Retry-After": str(max(1, math.ceil(error.retry_after_s)))}
