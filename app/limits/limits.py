"""How often a person, or an address of strangers, may do something. What is spent counts in all processes."""

import asyncio
from collections.abc import Iterable, Iterator

from app.base.config import Config
from app.base.errors import RateLimited
from app.limits.budget import PEOPLE, STRANGERS, Budget
from app.limits.kinds import ADDRESS_BURST, ADDRESS_RATE, KINDS, Kind
from app.limits.rate import Rate

OTHERS_PER_S, OTHERS_BURST = 10, 50
SEARCHES_PER_S, SEARCHES_BURST = 5, 30  # who types fast has about eight keys a second, and pauses
UPLOADS_PER_S, UPLOADS_BURST = 1, 40  # each begun once, and again for every description

Spent = tuple[str, str, int]
"""The name of a rate, a key, and how many times it was spent."""


class Limits:
    """Raises RateLimited, with the seconds to wait, when a person does something too often.

    `is_unshared` is set when there is something that the other processes are to charge.
    """

    def __init__(self, config: Config) -> None:
        shared = self.is_unshared = asyncio.Event()
        self._posts = Rate(config.post_rate / config.post_rate_window_s, config.post_burst, shared)
        self._others = Rate(OTHERS_PER_S, OTHERS_BURST, shared)
        self._searches = Rate(SEARCHES_PER_S, SEARCHES_BURST, shared)
        self._uploads = Rate(UPLOADS_PER_S, UPLOADS_BURST, shared)
        times = config.request_factor
        self._requests = {kind.name: _rates(kind, times, shared) for kind in KINDS}
        self._people, self._strangers = Budget(PEOPLE, max(1, times)), Budget(STRANGERS, max(1, times))
        self._by_name = {"posts": self._posts, "others": self._others}
        self._by_name |= {"searches": self._searches, "uploads": self._uploads}
        for name, (of_person, of_address) in self._requests.items():
            self._by_name |= {f"{name} of a person": of_person, f"{name} of an address": of_address}

    def count_post(self, user_id: int) -> None:
        _spend(self._posts, user_id, "You are sending faster than this room can read.")

    def count_other(self, user_id: int) -> None:
        """Count a command that is no post and amends no message, or a change of rooms."""
        _spend(self._others, user_id, "This page is asking faster than the server answers.")

    def count_search(self, user_id: int) -> None:
        _spend(self._searches, user_id, "You are searching faster than the server finds.")

    def count_upload(self, user_id: int) -> None:
        _spend(self._uploads, user_id, "You are uploading more files than this server can take at once.")

    def count_request(self, kind: Kind, user_id: int | None, network: str) -> None:
        """Count a request, of a person, or of a network of strangers."""
        of_person, of_address = self._requests[kind.name]
        if user_id is not None:
            _spend(of_person, user_id, "You are asking faster than the server answers. Wait a moment.")
            _spend(self._people, user_id, "Many are asking for much just now. Wait a moment.")
        else:
            _spend(of_address, network, "Your network is asking faster than the server answers. Wait a moment.")
            _spend(self._strangers, network, "Many are asking for much just now. Wait a moment.")

    # Between processes

    def unshared(self) -> Iterator[Spent]:
        """What the other processes are to charge; each is returned once."""
        self.is_unshared.clear()
        for name, rate in self._by_name.items():
            yield from ((name, key, count) for key, count in rate.unshared())

    def charge(self, spent: Iterable[Spent]) -> None:
        """Count what was spent in another process; a rate that this version does not have is passed over."""
        for name, key, count in spent:
            if (rate := self._by_name.get(name)) is not None:
                rate.charge(key, count)


def _rates(kind: Kind, times: float, shared: asyncio.Event) -> tuple[Rate, Rate]:
    """That of a person, and that of an address."""
    per_s, burst = kind.per_s * times, kind.burst * times
    return Rate(per_s, burst, shared), Rate(per_s * ADDRESS_RATE, burst * ADDRESS_BURST, shared)


def _spend(rate: Rate | Budget, key: int | str, message: str) -> None:
    if wait_s := rate.spend(str(key)):
        raise RateLimited(message, retry_after_s=round(wait_s, 2))
