"""Where a request really comes from, and by which address people reach us, through trusted proxies.

`X-Forwarded-*` headers can be written by anyone, so they count only for `PROXY_HOPS` proxies: each appends one value,
hence the N-th from the right, over all lines of the header, is the outermost trusted one's. With 0 they are ignored.
`X-Forwarded-Host` never counts: not every router replaces a forged one, and proxies can pass `Host` on as it is.
"""

import ipaddress
import re
from functools import lru_cache

from aiohttp import HttpVersion11, web

from app.base.config import CONFIG
from app.web.origins import is_loopback, origin_in

_OF_PROXIES = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
_WITH_PORT = re.compile(r"\[(?P<v6>[^]]+)](?::\d+)?|(?P<v4>[\d.]+):\d+")


def own_origin(request: web.Request) -> str:
    """`scheme://host[:port]` as the browser names us: `PUBLIC_URL`, else as requested."""
    public_url = request.config_dict[CONFIG].public_url
    if public_url is not None:
        return public_url
    scheme = visible_scheme(request)
    return f"{scheme}://{request.host.lower().removesuffix(_DEFAULT_PORTS.get(scheme, ''))}"


def is_https(request: web.Request) -> bool:
    """Whether people reach us by https, so that `Secure` cookies come back."""
    return own_origin(request).startswith("https://")


def is_own_origin(request: web.Request) -> bool:
    """Whether the page that sent this request is ours; False without an `Origin` header, and for `null`."""
    return request.headers.get("Origin", "").lower() == own_origin(request)


def client_address(request: web.Request) -> str:
    """The IP address of the client; `unknown` where there is none, as on a Unix socket."""
    candidates = (_forwarded(request, "X-Forwarded-For"), request.remote)
    return next((address for address in map(_address, candidates) if address is not None), "unknown")


def is_local(request: web.Request) -> bool:
    """Whether the browser runs on this machine, and no proxy stands between: nobody else could send this.

    A proxy on this machine comes from loopback, too. It shows itself by the name that people ask for, by the headers
    that it adds, or by HTTP/1.0, which nginx speaks where nobody says otherwise and no browser does.
    """
    is_forwarded = request.config_dict[CONFIG].proxy_hops > 0 or any(name in request.headers for name in _OF_PROXIES)
    peer, origin = _address(request.remote), origin_in(own_origin(request))
    if is_forwarded or request.version < HttpVersion11 or peer is None or origin is None:
        return False
    return ipaddress.ip_address(peer).is_loopback and is_loopback(origin)


def https_url(request: web.Request) -> str | None:
    """Where a plain-http request should have gone, when the owner said https and a trusted proxy says http."""
    public_url = request.config_dict[CONFIG].public_url or ""
    if public_url.startswith("https://") and _forwarded(request, "X-Forwarded-Proto") == "http":
        return f"{public_url}{request.rel_url}"
    return None


def visible_scheme(request: web.Request) -> str:
    """`https` or `http`, as the outermost trusted proxy saw the request."""
    scheme = (_forwarded(request, "X-Forwarded-Proto") or request.scheme).lower()
    return scheme if scheme in _DEFAULT_PORTS else "http"


def _forwarded(request: web.Request, header: str) -> str | None:
    """The value that the outermost trusted proxy saw; the first where fewer proxies than trusted wrote one."""
    hops = request.config_dict[CONFIG].proxy_hops
    values = [value.strip() for line in request.headers.getall(header, ()) for value in line.split(",")]
    return (values[-min(hops, len(values))] or None) if hops and values else None


@lru_cache(maxsize=1024)  # the same few come again and again
def _address(text: str | None) -> str | None:
    """An IP address in its usual spelling, without the port that some proxies add."""
    if text is None:
        return None
    with_port = _WITH_PORT.fullmatch(text)
    try:
        address = ipaddress.ip_address(with_port["v6"] or with_port["v4"] if with_port else text)
    except ValueError:
        return None
    return str(getattr(address, "ipv4_mapped", None) or address)
