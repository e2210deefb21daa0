"""The shapes of what Slack's files hold. Real files break each of Slack's promises, so any field may be anything."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from app.transfer.readers.archive import Archive, parsed
from app.transfer.records import BadExport

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TS_CHARS = len("1355517523.000005")
_DECADES_S = 10**10  # until the year 2286


class SlackMessage(msgspec.Struct, gc=False):
    """A message of a day's file."""

    ts: Any = None
    thread_ts: Any = None
    type: Any = None
    subtype: Any = None
    user: Any = None
    bot_id: Any = None
    username: Any = None
    text: Any = None
    mrkdwn: Any = None
    blocks: Any = None
    attachments: Any = None
    reactions: Any = None
    files: Any = None
    file: Any = None
    comment: Any = None
    edited: Any = None
    room: Any = None
    user_profile: msgspec.Raw = msgspec.Raw(b"null")  # in each message, and seldom needed
    bot_profile: Any = None


_messages = msgspec.json.Decoder(list[SlackMessage])


def messages_in(archive: Archive, name: str) -> list[SlackMessage]:
    """The messages of a day's file; what is no object in it is one without anything.

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
    return _messages.decode(msgspec.json.encode([each if isinstance(each, dict) else {} for each in found]))


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
