"""How many tries an account and an address have: counted in the database, so in all processes together.

A try is written down *before* its password is verified, under a lock of the account, and taken back when it succeeds:
of fifty at once, ten are verified. An unknown login is an account as any other, so throttling shows nobody which exist.
"""

import hashlib
import ipaddress
import math
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Column
from sqlalchemy.ext.asyncio import AsyncConnection

from app.auth import queries
from app.base.errors import RateLimited
from app.db.schema import login_failures


@dataclass(frozen=True)
class Limit:
    tries: int
    window: timedelta
    reason: str

    async def check(self, conn: AsyncConnection, column: Column[str], value: str) -> None:
        """Raises `RateLimited` with the seconds until one more try is free."""
        count, wait_s = await queries.tries(conn, column, value, self.window)
        if count >= self.tries:
            seconds = max(1, math.ceil(wait_s))
            raise RateLimited(f"{self.reason} Try again in {_in_words(seconds)}.", retry_after_s=seconds)


OF_ACCOUNT = Limit(10, timedelta(minutes=15), "Too many wrong passwords for this login.")
OF_ADDRESS = Limit(30, timedelta(minutes=15), "Too many wrong passwords from your network.")
SIGN_UP_WINDOW = timedelta(hours=1)
_LONGEST_WINDOW = max(OF_ACCOUNT.window, OF_ADDRESS.window, SIGN_UP_WINDOW)


async def reserve_log_in(conn: AsyncConnection, account: str, address: str) -> int:
    """Write a try down and return its id, for `queries.forget_try`; its transaction must end before the verifying.

    Raises:
        RateLimited: nothing was written down, nothing may be verified.
    """
    network = network_of(address)
    # Always the account first: two transactions never wait for each other in a circle.
    await queries.lock(conn, account)
    await queries.lock(conn, network)
    await OF_ACCOUNT.check(conn, login_failures.c.account, account)
    await OF_ADDRESS.check(conn, login_failures.c.address, network)
    await queries.prune_tries(conn, _LONGEST_WINDOW)
    return await queries.record_try(conn, account, network)


async def reserve_sign_up(conn: AsyncConnection, address: str, tries_an_hour: int) -> int:
    """The same for creating an account; the try stays, whether the login was free or taken."""
    limit = Limit(tries_an_hour, SIGN_UP_WINDOW, "Too many accounts were created from your network.")
    account = f"sign-up:{network_of(address)}"
    await queries.lock(conn, account)
    await limit.check(conn, login_failures.c.account, account)
    await queries.prune_tries(conn, _LONGEST_WINDOW)
    return await queries.record_try(conn, account, "")


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
