"""Which addresses of the network this server may connect to on somebody's behalf: public ones, and the web's ports.

A link in a message is chosen by whoever writes it. Without this judgement it would read what only this server can
reach: its own database's neighbours, a router, the notes of a cloud about its machine. Sources: IANA's registries of
special-purpose addresses, for IPv4 and IPv6.
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address

WEB_PORTS = frozenset({80, 443})

_GLOBAL_6 = IPv6Network("2000::/3")
_TRANSLATED = IPv6Network("64:ff9b::/96")  # an IPv4 address in its last 32 bits (RFC 6052)
# Parts of 2000::/3 that lead elsewhere: Teredo and 6to4 carry IPv4 addresses; documentation; benchmarks; ORCHID.
_SPECIAL_6 = [
    IPv6Network(each)
    for each in ("2001::/32", "2001:2::/48", "2001:10::/28", "2001:20::/28", "2001:db8::/32", "2002::/16", "3fff::/20")
]
# What Python's tables call global, some only in older versions.
_SPECIAL_4 = [ip_network(each) for each in ("192.0.0.0/24", "192.88.99.0/24", "100.64.0.0/10", "240.0.0.0/4")]


def is_allowed(address: str, port: int) -> bool:
    """Whether to connect to an address, as the resolver gave it, and a port."""
    return port in WEB_PORTS and is_public(ip_address(address.partition("%")[0]))


def is_public(address: Address) -> bool:
    """Whether an address is somebody's on the internet: not private, loopback, link-local, multicast or reserved."""
    if isinstance(address, IPv4Address):
        special = address.is_multicast or any(address in network for network in _SPECIAL_4)
        return address.is_global and not special
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    if address in _TRANSLATED:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    return address in _GLOBAL_6 and address.is_global and not any(address in network for network in _SPECIAL_6)
