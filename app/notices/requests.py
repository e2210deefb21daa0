"""What browsers and people ask of notices, checked: the values to store, or the reason why not. Pure."""

import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from cryptography.hazmat.primitives.asymmetric import ec
from msgspec import Meta, Struct
from yarl import URL

from app.base.errors import BadCommand, BadForm
from app.notices.wording import Hours
from app.web.asked import Body

MAX_ENDPOINT_CHARS = 1_000
PUBLIC_KEY_BYTES, AUTH_BYTES = 65, 16
ROOM = "room-"  # begins the name of a field for a room
MORNING = 8  # of tomorrow, until which a pause goes
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")

Key = Annotated[str, Meta(max_length=100)]


class Subscription(Body, frozen=True):
    """How to reach a browser by its push service; keys as it makes them, in base64url without padding."""

    endpoint: Annotated[str, Meta(max_length=MAX_ENDPOINT_CHARS)]
    p256dh: Key
    auth: Key


class InUse(Body, frozen=True):
    """Whether somebody has a page of this browser before their eyes."""

    is_in_use: bool


class Reached(Struct, frozen=True):
    """A subscription that was checked; `service` is the origin of the endpoint."""

    endpoint: str
    service: str
    public_key: bytes
    auth_secret: bytes


def reached(given: Subscription) -> Reached:
    """Raises BadCommand."""
    url = _endpoint(given.endpoint)
    try:
        public_key, auth_secret = _bytes(given.p256dh), _bytes(given.auth)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)
    except ValueError:
        raise BadCommand("These are no keys of a subscription.") from None
    if len(public_key) != PUBLIC_KEY_BYTES or len(auth_secret) != AUTH_BYTES:
        raise BadCommand("These are no keys of a subscription.")
    return Reached(str(url), str(url.origin()), public_key, auth_secret)


def _endpoint(given: str) -> URL:
    """A place of the web by https. One by http is on this machine, to which nothing is sent outside of tests."""
    try:
        url = URL(given, encoded=True)
        is_whole = bool(given.isascii() and url.host and url.port and not (url.user or url.password or url.fragment))
    except ValueError:
        is_whole = False
    if not is_whole or not (url.scheme == "https" or (url.scheme == "http" and (url.host or "").startswith("127."))):
        raise BadCommand("This is no address of a push service.")
    return url


def _bytes(text: str) -> bytes:
    """Raises ValueError."""
    return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))


def hours(fields: Mapping[str, str], zone: str) -> Hours:
    """The quiet hours of a form; none where both times are empty.

    Raises:
        BadForm
    """
    begin, end = (fields.get(name, "").strip() for name in ("quiet_from", "quiet_until"))
    if not begin and not end:
        return Hours(zone=zone)
    minutes = [_minute(name, value) for name, value in (("quiet_from", begin), ("quiet_until", end))]
    if minutes[0] == minutes[1]:
        raise BadForm({"quiet_until": "Choose another time than that at which they begin."})
    return Hours(minutes[0], minutes[1], zone)


def rooms(fields: Mapping[str, str]) -> list[int]:
    """The rooms that are ticked in a form."""
    numbers = (name.removeprefix(ROOM) for name in fields if name.startswith(ROOM))
    return [int(number) for number in numbers if number.isdigit()]


def zone_of(fields: Mapping[str, str], otherwise: str) -> str:
    """The zone that a script has put into a form, where it is one; else another."""
    name = fields.get("zone", "")
    return name if name in _zones() else otherwise


def pause(fields: Mapping[str, str], zone: str, now: datetime) -> datetime | None:
    """Until when somebody wants a pause; None: it ends.

    Raises:
        BadForm
    """
    match fields.get("for"):
        case "hour":
            return now + timedelta(hours=1)
        case "tomorrow":
            tomorrow = now.astimezone(ZoneInfo(zone)) + timedelta(days=1)
            return tomorrow.replace(hour=MORNING, minute=0, second=0, microsecond=0)
        case "end":
            return None
    raise BadForm({"for": "Choose one of these."})


def _minute(name: str, value: str) -> int:
    if (found := _TIME.fullmatch(value)) is None:
        raise BadForm({name: "Type a time such as 22:00, or leave both empty."})
    return int(found[1]) * 60 + int(found[2])


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
