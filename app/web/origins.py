"""Origins, `scheme://host[:port]`: which texts are one, and which of them are on this machine alone. Pure."""

import ipaddress
import re

from yarl import URL

_ORIGIN = re.compile(r"https?://(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::\d{1,5})?")
_HOST_CHARS = 253  # RFC 1035 allows no name with more


def origin_in(typed: str) -> str | None:
    """The origin that somebody typed or a browser sent, in the one form that a browser writes; None if it is none."""
    text = typed.strip()
    try:
        url = URL(text if "://" in text else f"https://{text}")
        is_bare = url.path in ("", "/") and not (url.query_string or url.fragment or url.user or url.password)
        origin = str(url.origin()) if is_bare else ""
    except ValueError:
        return None
    return origin if len(origin) <= _HOST_CHARS and _ORIGIN.fullmatch(origin) else None


def is_loopback(origin: str) -> bool:
    """Whether an origin leads everybody to their own machine."""
    host = URL(origin).host or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
