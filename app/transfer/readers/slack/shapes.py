"""The shapes of what Slack's files hold. Real files break each of Slack's promises, so any field may be anything.

What a message has in another type than its field goes without that field, which is counted.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from app.transfer.readers.archive import Archive, parsed
from app.transfer.readers.fitting import Fitting
from app.transfer.records import BadExport

Object = dict[str, Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TS_CHARS = len("1355517523.000005")
_DECADES_S = 10**10  # until the year 2286


class SlackMessage(msgspec.Struct, gc=False):
    """A message of a day's file."""

    ts: Any = None
    thread_ts: str | None = None
    subtype: str | None = None
    user: str | None = None
    bot_id: str | None = None
    username: str | None = None
    text: str | None = None
    mrkdwn: bool | None = None
    blocks: list[Object] | None = None
    attachments: list[Object] | None = None
    reactions: list[Object] | None = None
    files: list[Object] | None = None
    file: Object | None = None
    comment: Object | None = None
    edited: Object | None = None
    room: Object | None = None
    user_profile: msgspec.Raw = msgspec.Raw(b"null")  # in each message, and seldom needed
    bot_profile: Object | None = None


_messages = msgspec.json.Decoder(list[SlackMessage])


def fitting() -> Fitting[SlackMessage]:
    """Counts what does not fit of messages."""
    return Fitting("messages", SlackMessage)


def messages_in(archive: Archive, name: str, fits: Fitting[SlackMessage] | None = None) -> list[SlackMessage]:
    """The messages of a day's file; what is no object in it is one without anything. `fits` counts what does not fit.

    Raises:
        BadExport: it is no JSON, or no list.
    """
    content = archive.read(name)
    try:
        return _messages.decode(content)
    except msgspec.DecodeError:
        found = parsed(content, name)
    if isinstance(found, dict):
        found = _with_replies(found.get("messages"))
    if not isinstance(found, list):
        raise BadExport(f"{name} has no list of messages in it; is this an export of Slack?")
    return [*_fitted(found, fits or fitting())]


def _fitted(found: list[Any], fits: Fitting[SlackMessage]) -> Iterator[SlackMessage]:
    for each in found:
        document = dict(each) if isinstance(each, dict) else {}
        profile = msgspec.json.encode(document.pop("user_profile", None))
        if (message := fits.converted(document)) is not None:
            message.user_profile = msgspec.Raw(profile)
            yield message


def _with_replies(found: Any) -> Any:
    """The messages of a dump of slackdump's, each before its answers."""
    if not isinstance(found, list):
        return None
    return [each for one in found for each in (one, *objects(field(one, "slackdump_thread_replies")))]


def objects(found: Any) -> list[dict[str, Any]]:
    """The objects of a list; none where there is no list."""
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def word(found: Any) -> str:
    """A text that says something, or an empty one."""
    return found if isinstance(found, str) else ""


def field(found: Any, *names: str) -> Any:
    """A field of a field, or None."""
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def moment(ts: Any) -> datetime | None:
    """The time of a `ts` such as "1355517523.000005", exactly; of a number, too. None where it is no time."""
    if not isinstance(ts, str):
        if not isinstance(ts, int | float) or isinstance(ts, bool):
            return None
        ts = str(ts)
    try:
        if len(ts) == _TS_CHARS and ts[10] == ".":
            whole, micro = int(ts[:10]), int(ts[11:])
        else:
            seconds, _, part = ts.partition(".")
            whole, micro = int(seconds), int(part[:6].ljust(6, "0")) if part else 0
    except ValueError:
        return None
    return _EPOCH + timedelta(0, whole, micro) if 0 < whole < _DECADES_S else None
