"""The name of one request: in its line of the log, in its answer, and on a page that says that something failed."""

import re
import secrets

from aiohttp import web

from app.base.config import CONFIG

HEADER = "X-Request-ID"
_ID: web.RequestKey[str] = web.RequestKey("request_id")
_FIT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")


def request_id(request: web.Request) -> str:
    """That of a trusted proxy (`PROXY_HOPS`), where it is 8 to 64 letters, digits, `.`, `_`, `-`; else one of ours."""
    if _ID not in request:
        given = request.headers.get(HEADER, "") if request.config_dict[CONFIG].proxy_hops else ""
        request[_ID] = given if _FIT.fullmatch(given) else secrets.token_hex(8)
    return request[_ID]
