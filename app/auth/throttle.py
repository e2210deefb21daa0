"""How many tries an account and an address have: counted in the database, so in all processes together.

A try is written down *before* its password is verified, under a lock of the account, and taken back when it succeeds:
of fifty at once, ten are verified. An unknown login is an account as any other, so throttling shows nobody which exist.

All strangers together have one count for an account. Each device on which its owner logged in has its own, and so has
each network from which a living session of theirs was begun: no stranger can lock its owner out of those. The most that
may be tried for an account is ten times one and the number of these.
"""

import hashlib
import ipaddress
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from app.auth import queries
from app.auth.sessions import Visitor
from app.base.errors import RateLimited


@dataclass(frozen=True)
class Limit:
    tries: int
    window: timedelta
    reason: str

    async def check(self, conn: AsyncConnection, which: Mapping[str, str], *, counts: bool = True) -> None:
        """Raises `RateLimited` with the seconds until one more try is free; not if this one does not count."""
        count, wait_s = await queries.tries(conn, which, self.window)
        if counts and count >= self.tries:
            seconds = max(1, math.ceil(wait_s))
            raise RateLimited(f"{self.reason} Try again in {_in_words(seconds)}.", retry_after_s=seconds)


NO_ADDRESS = "unknown"  # what `client_address` says of a Unix socket
OF_ACCOUNT = Limit(10, timedelta(minutes=15), "Too many wrong passwords for this login.")
OF_ADDRESS = Limit(30, timedelta(minutes=15), "Too many wrong passwords from your network.")
SIGN_UP_WINDOW = timedelta(hours=1)
LONGEST_WINDOW = max(OF_ACCOUNT.window, OF_ADDRESS.window, SIGN_UP_WINDOW)


@dataclass(frozen=True)
class Try:
    """One to log in: to which account, from which network, and as whom its owner knows the visitor, if they do.

    `proof` is that of the password which the visitor's browser brings, if it has one.
    """

    account: str
    network: str
    known_as: str
    proof: str = ""

    async def check(self, conn: AsyncConnection) -> None:
        """Raises `RateLimited`: nothing may be verified. Nothing is written down: who is refused here needs no turn."""
        await OF_ACCOUNT.check(conn, {"account": self.account, "known_as": self.known_as})
        await OF_ADDRESS.check(conn, {"address": self.network}, counts=not self.known_as)

    async def reserve(self, conn: AsyncConnection) -> None:
        """Write it down; the transaction must end before the verifying.

        Raises:
            RateLimited: nothing was written down, nothing may be verified.
        """
        # Always the account first: two transactions never wait for each other in a circle.
        await queries.lock(conn, self.account, self.network)
        await self.check(conn)
        await queries.record_try(conn, self.account, self.network, self.known_as, LONGEST_WINDOW)

    async def succeeded(self, conn: AsyncConnection) -> None:
        """Forget it, and those before it of the same account and the same visitors."""
        await queries.forget_tries_of(conn, self.account, self.known_as)


def try_of(user_id: int | None, typed: str, visitor: Visitor, addresses: Collection[str]) -> Try:
    """One of this visitor; `addresses` are those from which the living sessions of the user were begun."""
    network, device = network_of(visitor.address), None if user_id is None else visitor.devices.get(user_id)
    account = account_of(user_id, typed)
    if device is not None:
        return Try(account, network, f"device:{device.name}", device.proof)
    is_known = network != NO_ADDRESS and network in {network_of(address) for address in addresses}
    return Try(account, network, f"network:{network}" if is_known else "")


async def reserve_sign_up(conn: AsyncConnection, address: str, tries_an_hour: int) -> None:
    """The same for creating an account; the try stays, whether the login was free or taken."""
    limit = Limit(tries_an_hour, SIGN_UP_WINDOW, "Too many accounts were created from your network.")
    account = f"sign-up:{network_of(address)}"
    await queries.lock(conn, account)
    await limit.check(conn, {"account": account})
    await queries.record_try(conn, account, "", pruned_after=LONGEST_WINDOW)


def in_line(visitor: Visitor, typed: str) -> tuple[str, ...]:
    """Whose turn it is when this visitor logs in: of a device that is known, the last account that it is known to."""
    if visitor.devices:
        return (f"known:{[*visitor.devices][-1]}",)
    return (network_of(visitor.address), account_of(None, typed))


def account_of(user_id: int | None, typed: str) -> str:
    """The name that tries are counted under; by the user's id, so that login and e-mail are one account.

    What was typed for an unknown login may be a password in the wrong field: only its hash is kept.
    """
    if user_id is not None:
        return f"user:{user_id}"
    return f"name:{hashlib.sha256(typed.encode('utf-8', 'replace')).hexdigest()[:32]}"


def network_of(address: str) -> str:
    """What an address is counted as: of IPv6 the /64, which is what one household gets."""
    try:
        version = ipaddress.ip_address(address).version
    except ValueError:
        return address
    return address if version == 4 else str(ipaddress.ip_network(f"{address}/64", strict=False))


def _in_words(seconds: int) -> str:
    minutes = math.ceil(seconds / 60)
    if seconds < 90:
        return f"{seconds} second{'s' if seconds > 1 else ''}"
    return f"{minutes} minutes"
