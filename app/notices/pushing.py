"""One push to one push service: encrypted for the browser (RFC 8291), signed for the service (RFC 8292)."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

import http_ece
from aiohttp import ClientError, ClientResponse, ClientTimeout
from cryptography.hazmat.primitives.asymmetric import ec
from msgspec import Struct
from yarl import URL

from app.chat.wire.events import Notice, encode
from app.notices.push_queries import Push
from app.notices.vapid import Vapid
from app.notices.wording import LATE, tag_of
from app.outward.judging import MayConnect, Outward, is_refused

SEND_S = 10.0  # for all of it: the name, the connection, the answer
REST_S, LONGEST_REST_S = 30.0, 3600.0  # of a service that says nothing of when it wants to be asked again
NAMES_AT_ONCE = 8

Kind = Literal["arrived", "gone", "refused", "busy", "failed"]


class Outcome(Struct, frozen=True):
    """What became of a push.

    `gone`: the service has this browser no more. `refused`: it would be so again. `busy`: the service wants to be asked
    again after `rest_s`. `failed`: it may be another time; where nothing was answered, the service rests, too.
    """

    kind: Kind
    rest_s: float = 0.0
    reason: str = ""


class Pusher(Outward):
    """One a process; a context manager."""

    def __init__(self, vapid: Vapid, may_connect: MayConnect) -> None:
        super().__init__(may_connect, NAMES_AT_ONCE, limit=0, timeout=ClientTimeout(total=SEND_S))
        self._vapid = vapid

    async def send(self, push: Push, service: str, notice: Notice) -> Outcome:
        """Hand a notice to the push service of a browser; in at most `SEND_S` seconds."""
        url = URL(push.endpoint, encoded=True)
        if is_refused(url, self._may_connect):
            return Outcome("refused", reason="not a public address")
        body = encrypted(encode(notice), push.public_key, push.auth_secret)
        headers = {
            "Authorization": await self._vapid.authorization(service),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(round(LATE.total_seconds())),
            "Topic": tag_of(notice.room),  # what waits for a device that is away is replaced
            "Urgency": "high",
        }
        try:
            async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as response:
                return outcome_of(response)
        except (ClientError, TimeoutError, OSError, ValueError) as error:
            return Outcome("failed", REST_S, type(error).__name__)


def encrypted(content: bytes, public_key: bytes, auth_secret: bytes) -> bytes:
    """For the browser with these keys alone."""
    ours = ec.generate_private_key(ec.SECP256R1())
    sealed: bytes = http_ece.encrypt(content, private_key=ours, dh=public_key, auth_secret=auth_secret)
    return sealed


def outcome_of(response: ClientResponse) -> Outcome:
    """What an answer means: RFC 8030, 5 and 7.3."""
    status, reason = response.status, f"status {response.status}"
    if 200 <= status < 300:
        return Outcome("arrived")
    if status in (404, 410):
        return Outcome("gone", reason=reason)
    if status == 429 or (status == 503 and "Retry-After" in response.headers):
        return Outcome("busy", rest_of(response.headers.get("Retry-After", "")), reason)
    if status >= 500:
        return Outcome("failed", reason=reason)
    return Outcome("refused", reason=reason)


def rest_of(retry_after: str) -> float:
    """The seconds of a `Retry-After`, which may be a number or a date (RFC 9110, 10.2.3); within bounds."""
    if retry_after.isascii() and retry_after.isdigit():
        wait_s = float(retry_after[:9])
    else:
        try:
            at = parsedate_to_datetime(retry_after)
            wait_s = (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)) / timedelta(seconds=1)
        except ValueError:
            wait_s = REST_S
    return min(max(wait_s, 1.0), LONGEST_REST_S)
