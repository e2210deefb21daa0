"""For which host passkeys are made: that of the public address, and where a browser makes none at all.

A browser makes passkeys for a name, never for an IP address, and only where nobody can read along: by https, or on the
machine itself (https://www.w3.org/TR/webauthn-3/#relying-party-identifier).
"""

import ipaddress
from dataclasses import dataclass

from aiohttp import web
from yarl import URL

from app.auth.public_address import public_address
from app.base.errors import Forbidden
from app.web.origins import is_loopback, origin_in
from app.web.proxy import own_origin


class NoPasskeysHere(Forbidden):
    """The address makes it impossible; the message says what to do."""

    code = "no_passkeys_here"


@dataclass(frozen=True)
class Party:
    """The relying party, in the words of WebAuthn; `origin` is that of the pages that may ask."""

    host: str
    origin: str


async def party_of(request: web.Request) -> Party:
    """The party that passkeys of this chat are for.

    Raises:
        NoPasskeysHere: its address is not fit for passkeys, or the browser is at another one.
    """
    address = await public_address(request)
    return party_at(address, origin_in(own_origin(request)) or "")


def party_at(address: str, here: str) -> Party:
    """The same of the public address, and of the origin that a browser is at."""
    url = URL(address)
    host = url.raw_host or ""
    if _is_ip(host):
        raise NoPasskeysHere(_for_ip(url))
    if url.scheme != "https" and not is_loopback(address):
        raise NoPasskeysHere(f"Passkeys need https, and this chat is at {address}. Whoever runs it can change that.")
    if here != address:
        raise NoPasskeysHere(f"Passkeys of this chat work at {address} only. Open it by that address.")
    return Party(host, address)


def _for_ip(url: URL) -> str:
    if is_loopback(str(url)):
        return f"Passkeys need a name in the address, not a number. Open this chat as {url.with_host('localhost')}."
    return "Passkeys need a name in the address of this chat, and it has a number. Whoever runs it can give it a name."


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
