"""How often a person may do something, in this process: the generic cell rate algorithm of throttled-py."""

from datetime import timedelta

from throttled import Throttled, rate_limiter, store

from app.base.config import Config
from app.base.errors import RateLimited

MAX_PEOPLE = 100_000  # who are remembered; the least recently seen are forgotten
OTHERS_PER_S, OTHERS_BURST = 10, 50
SEARCHES_PER_S, SEARCHES_BURST = 5, 30  # who types fast has about eight keys a second, and pauses
UPLOADS_PER_S, UPLOADS_BURST = 1, 40  # each begun once, and again for every description


class Limits:
    """Raises RateLimited, with the seconds to wait, when a person does something too often."""

    def __init__(self, config: Config) -> None:
        self._posts = _limiter(config.post_rate, config.post_rate_window_s, config.post_burst)
        self._others = _limiter(OTHERS_PER_S, 1, OTHERS_BURST)
        self._searches = _limiter(SEARCHES_PER_S, 1, SEARCHES_BURST)
        self._uploads = _limiter(UPLOADS_PER_S, 1, UPLOADS_BURST)

    def count_post(self, user_id: int) -> None:
        _spend(self._posts, user_id, "You are sending faster than this room can read.")

    def count_other(self, user_id: int) -> None:
        """Count a `resume`, `read`, preference or `typing`, or a change of rooms."""
        _spend(self._others, user_id, "This page is asking faster than the server answers.")

    def count_search(self, user_id: int) -> None:
        _spend(self._searches, user_id, "You are searching faster than the server finds.")

    def count_upload(self, user_id: int) -> None:
        _spend(self._uploads, user_id, "You are uploading more files than this server can take at once.")


def _limiter(count: int, window_s: float, burst: int) -> Throttled:
    quota = rate_limiter.per_duration(timedelta(seconds=window_s), limit=count, burst=burst)
    return Throttled(using="gcra", quota=quota, store=store.MemoryStore(options={"MAX_SIZE": MAX_PEOPLE}))


def _spend(limiter: Throttled, user_id: int, message: str) -> None:
    result = limiter.limiter.limit(str(user_id))  # past the library's waiting and hooks, which we do not use
    if result.limited:
        raise RateLimited(message, retry_after_s=round(result.state.retry_after, 2))
