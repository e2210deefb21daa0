"""Values of MongoDB's Extended JSON, relaxed, canonical and as it was before version 4.2.

https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

ABSENT = object()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBERS = ("$numberLong", "$numberInt", "$numberDouble")
_PLAIN = ("$oid", *_NUMBERS, "$uuid", "$id", "$binary", "base64")


def at_path(document: Mapping[str, Any], path: str) -> Any:
    """What stands at a path such as `emails.0.address`, or at a field that is called so; ABSENT if nothing does."""
    if path in document:
        return document[path]
    found: Any = document
    for step in path.split("."):
        if isinstance(found, Mapping) and step in found:
            found = found[step]
        elif isinstance(found, list) and step.isdecimal() and int(step[:9]) < len(found):
            found = found[int(step[:9])]
        else:
            return ABSENT
    return found


def paths_in(document: Mapping[str, Any], begin: str = "") -> set[str]:
    """The paths that a map may name, through documents and not through arrays."""
    found = set[str]()
    for name, value in document.items():
        inner = isinstance(value, Mapping) and not is_plain(value) and begin.count(".") < 4
        found |= paths_in(value, f"{begin}{name}.") if inner else {f"{begin}{name}"}
    return found


def is_plain(value: Any) -> bool:
    """Whether it is one value, and no document and no array."""
    if isinstance(value, Mapping):
        return any(key.startswith("$") for key in value)
    return not isinstance(value, list)


def plain_text(value: Any) -> str:
    """A value as text: a number, an id, a reference to one; empty for what has none."""
    if isinstance(value, Mapping):
        return plain_text(next((value[key] for key in _PLAIN if key in value), None))
    return str(value) if value is not None and is_plain(value) else ""


def moment(value: Any) -> datetime | None:
    """A date in any of the forms, or a bare text or number of milliseconds; None for what is none."""
    if isinstance(value, Mapping):
        value = value.get("$date", value)
    try:
        if isinstance(value, Mapping):
            number = next((value[key] for key in _NUMBERS if key in value), None)
            value = float(number) if number is not None else None
        if isinstance(value, str):
            found = datetime.fromisoformat(value)
            return found if found.tzinfo else found.replace(tzinfo=UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return _EPOCH + timedelta(milliseconds=value)
    except (TypeError, ValueError, OverflowError):
        return None
    return None


def made_at(object_id: str) -> datetime | None:
    """When an ObjectId was made, which its first four bytes say."""
    try:
        return _EPOCH + timedelta(seconds=int(object_id[:8], 16)) if len(object_id) == 24 else None
    except ValueError:
        return None


def order_of(object_id: str) -> int:
    """What orders those of one millisecond: an ObjectId ends with a counter of three bytes."""
    try:
        return int(object_id[18:], 16) if len(object_id) == 24 else 0
    except ValueError:
        return 0
