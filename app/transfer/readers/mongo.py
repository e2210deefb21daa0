"""What mongoexport writes of a chat's collections of people and messages: JSON, one document a line or in one array.

The collections are `users` (login, email, password) and `messages` (user, msg, time), a file each in one folder; other
names are given by a map such as `{"messages": "posts", "messages.msg": "text"}`. MongoDB's Extended JSON, relaxed,
canonical and as it was before version 4.2: https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from app.transfer import mentions
from app.transfer.readers.lines import documents
from app.transfer.records import BadExport, LeftOut, Message, Person, Record, Room

COLLECTIONS = ("users", "messages")
FIELDS = {
    "users": ("_id", "login", "email", "password", "name"),
    "messages": ("_id", "user", "msg", "time", "room"),
}
ENDINGS = (".json", ".jsonl", ".ndjson")
ROOM = Room("chat", "open", "Chat")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read(path: Path, names: Mapping[str, str] | None = None) -> Iterator[Record]:
    """The people and messages in a folder of such files; `names` maps ours to those of other collections and fields.

    Passwords are plain text there: they are hashed before they are stored. Times without a zone are UTC.

    Raises:
        BadExport: a file is missing or broken, or `names` names what there is not.
    """
    names = names or {}
    _check(names)
    files = {collection: _file_of(path, names.get(collection, collection)) for collection in COLLECTIONS}
    logins: dict[str, str] = {}
    for document in documents(files["users"]):
        person = _person(document, _fields("users", names))
        logins[_text(document.get("_id"))] = logins[person.login] = person.key
        yield person
    yield from _messages(files["messages"], _fields("messages", names), logins)


def _check(names: Mapping[str, str]) -> None:
    known = {*COLLECTIONS, *(f"{each}.{field}" for each, fields in FIELDS.items() for field in fields)}
    for name in names:
        if name not in known:
            raise BadExport(f"“{name}” cannot be mapped: take one of {', '.join(sorted(known))}.")


def _fields(collection: str, names: Mapping[str, str]) -> dict[str, str]:
    return {field: names.get(f"{collection}.{field}", field) for field in FIELDS[collection]}


def _file_of(folder: Path, name: str) -> Path:
    if not folder.is_dir():
        raise BadExport(f"{folder} must be a folder with the files users.json and messages.json of mongoexport.")
    for ending in ENDINGS:
        if (path := folder / f"{name}{ending}").is_file():
            return path
    raise BadExport(f"There is no {name}.json in {folder}: write it with mongoexport --collection={name}.")


def _person(document: Mapping[str, Any], fields: Mapping[str, str]) -> Person:
    found = {name: _text(document.get(field)) for name, field in fields.items()}
    return Person(
        key=found["login"] or found["_id"],
        login=found["login"],
        name=found["name"] or found["login"],
        email=found["email"] or None,
        password=found["password"] or None,
    )


def _messages(path: Path, fields: Mapping[str, str], logins: Mapping[str, str]) -> Iterator[Record]:
    seen: dict[str, set[str]] = {}
    named: dict[str, str] = {}
    for document in documents(path):
        found = {name: document.get(field) for name, field in fields.items()}
        at = moment(found["time"]) or _made_at(_text(found["_id"]))
        if at is None or not isinstance(found["msg"], str):
            yield LeftOut("messages without a time or a text")
            continue
        author = logins.get(_text(found["user"])) or _text(found["user"]) or "unknown"
        room = _text(found["room"]) or ROOM.key
        named[room] = room if found["room"] else ROOM.name
        seen.setdefault(room, set()).add(author)
        yield Message(room, _key(document, found), author, at, mentions.typed(found["msg"]), _order(found["_id"]))
    for key, authors in seen.items():
        yield Room(key, "open", named[key], members=tuple(sorted({*authors, *logins.values()})))


def _key(document: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    """The document's id, or what is made of all that it holds."""
    return _text(found["_id"]) or hashlib.sha256(msgspec.json.encode(document, order="sorted")).hexdigest()[:32]


def moment(value: Any) -> datetime | None:
    """A date in any of the forms of Extended JSON, or a bare text or number of milliseconds; None for what is none."""
    if isinstance(value, Mapping):
        value = value.get("$date", value.get("$numberLong"))
        if isinstance(value, Mapping):
            value = value.get("$numberLong")
            value = int(value) if value is not None else None
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value)
            return found if found.tzinfo else found.replace(tzinfo=UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return _EPOCH + timedelta(milliseconds=value)
    except (ValueError, OverflowError):
        return None
    return None


def _made_at(object_id: str) -> datetime | None:
    """When an ObjectId was made, which its first four bytes say."""
    try:
        return _EPOCH + timedelta(seconds=int(object_id[:8], 16)) if len(object_id) == 24 else None
    except ValueError:
        return None


def _order(object_id: Any) -> int:
    """What orders those of one millisecond: an ObjectId ends with a counter of three bytes."""
    text = _text(object_id)
    try:
        return int(text[18:], 16) if len(text) == 24 else 0
    except ValueError:
        return 0


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        value = next((value[key] for key in ("$oid", "$numberLong", "$numberInt", "$uuid") if key in value), "")
    return str(value) if value is not None else ""
