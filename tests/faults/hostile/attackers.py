"""Twenty accounts and a hundred addresses that attack, each in its way, in a process of their own."""

import asyncio
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from tests.faults.hostile.attacks import OF_ACCOUNTS, OF_ADDRESSES, Attack, Target, asked, for_ever

ACCOUNTS, ADDRESSES = 20, 100
# What they take of a core that others want is a tenth of what these get: on machines of their own it would be nothing.
NICE = 10


@dataclass(frozen=True)
class Attackers:
    """Who attacks: `accounts` are logins with their cookies and tokens; `only` is the one way to attack, if not all."""

    url: str
    victim: str
    accounts: list[tuple[str, tuple[str, str]]]
    seconds: float
    only: str = ""


def attack(attackers: Attackers, outcome: Connection) -> None:
    """Attack until this process is killed; after a while, sends the requests made and the seconds of a core taken."""
    os.setsid()  # Linux compares the niceness of sessions, and of processes within one
    os.nice(NICE)
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(NICE))
    asyncio.run(_attack(attackers, outcome))


async def _attack(who: Attackers, outcome: Connection) -> None:
    chosen = [each for each in _all(who) if who.only in ("", each[0].__name__)]
    attacking = [asyncio.create_task(for_ever(doing, target)) for doing, target in chosen]
    await asyncio.sleep(who.seconds)
    outcome.send((asked.total(), time.process_time()))
    await asyncio.wait(attacking)


def _all(who: Attackers) -> list[tuple[Attack, Target]]:
    of_accounts: list[tuple[Attack, Target]] = [
        (OF_ACCOUNTS[n % len(OF_ACCOUNTS)], Target(who.url, f"203.0.113.{n}", who.victim, *account))
        for n, account in enumerate(who.accounts)
    ]
    of_addresses: list[tuple[Attack, Target]] = [
        (
            OF_ADDRESSES[n % len(OF_ADDRESSES)],
            Target(who.url, f"192.0.2.{n}", who.victim, who.accounts[n // len(OF_ADDRESSES)][0]),
        )
        for n in range(ADDRESSES)
    ]
    return [*of_accounts, *of_addresses]
