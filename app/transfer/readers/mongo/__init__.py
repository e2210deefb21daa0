"""What mongoexport writes of a chat's collections of people and messages: JSON, one document a line or in one array.

The collections are `users` (login, email, password) and `messages` (user, msg, time), a file each in one folder or zip;
what others call them is said by maps such as `messages=posts` and `messages.msg=body.text`.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from app.transfer import mentions
from app.transfer.readers.archive import Archive
from app.transfer.readers.lines import documents_in
from app.transfer.readers.mongo.maps import MOST_SHOWN, Documents, maps_of
from app.transfer.readers.mongo.values import made_at, moment, order_of, plain_text
from app.transfer.readers.opened import names_in, opened, unpacked
from app.transfer.records import BadExport, LeftOut, Message, Person, Record, Room

ENDINGS = tuple(f"{ending}{packed}" for ending in (".json", ".jsonl", ".ndjson") for packed in ("", ".gz"))
ROOM = Room("chat", "open", "Chat")
_HASH = re.compile(
    r"\$(?:1|2[abxy]?|[567y]|argon2|bcrypt|pbkdf2|scrypt)[^$]*\$|(?:argon2|bcrypt|pbkdf2|scrypt)[^$]*\$|"
    r"\{(?:SMD5|MD5|SSHA|SHA|CRYPT)\d*\}|(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}|[0-9a-fA-F]{128})$"
)


def read(path: Path, given: Sequence[str] = ()) -> Iterator[Record]:
    """The people and messages in such files; `given` are maps, `OURS=THEIRS`.

    Passwords are plain text there: they are hashed before they are stored. Times without a zone are UTC.

    Raises:
        BadExport: a file is missing or broken, a map is wrong, or no document has a field that is needed or mapped.
    """
    maps, logins = maps_of(given), dict[str, str]()
    with opened(path) as archive:
        files = {each: _file_of(archive, path, each, maps.get(each, each)) for each in ("users", "messages")}
        yield from _people(archive, files["users"], maps, logins)
        yield from _messages(archive, files["messages"], maps, logins)


def _file_of(archive: Archive, path: Path, collection: str, name: str) -> str:
    """The file of a collection, the nearest to the top; beside a file alone its neighbours are found, too."""
    wanted = [f"{name}{ending}" for ending in ("", *ENDINGS)]
    if (found := next((each for each in wanted if each in archive), None)) is not None:
        return found
    here = sorted(names_in(archive), key=lambda each: (each.count("/"), each))
    found = next((each for each in here if each.rsplit("/", 1)[-1] in wanted), None)
    if found is None:
        has = f" {path.name} has {', '.join(here[:MOST_SHOWN])}." if path.is_dir() and here else ""
        raise BadExport(
            f"There is no {name}.json in {path}: write it with mongoexport --collection={name}, or say what it is "
            f"called with --map {collection}=THEIRS.{has}"
        )
    return found


def _people(archive: Archive, file: str, maps: Mapping[str, str], logins: dict[str, str]) -> Iterator[Record]:
    """Those of the collection; `logins` gets the key of each, by login and by id."""
    people, keys = Documents("users", file, maps), set[str]()
    with unpacked(archive, file) as lines:
        for document in documents_in(lines, file):
            found = {name: plain_text(value) for name, value in people.values(document).items()}
            is_hash = _HASH.match(found["password"]) is not None
            if is_hash:  # taken for a password, it would open the account to whoever has the export
                yield LeftOut("passwords that are hashes already: a link lets these people choose new ones")
            if not (key := found["login"] or found["_id"]):
                yield LeftOut("people without a login or an id")
                continue
            if key in keys:
                yield LeftOut("people with a login or an id that another one before them has")
                continue
            keys.add(key)
            logins |= {name: key for name in (found["_id"], found["login"]) if name}
            yield Person(
                key=key,
                login=found["login"],
                name=found["name"] or found["login"],
                email=found["email"] or None,
                password=None if is_hash else found["password"] or None,
            )
    people.check(("login",))


def _messages(archive: Archive, file: str, maps: Mapping[str, str], logins: Mapping[str, str]) -> Iterator[Record]:
    messages, rooms = Documents("messages", file, maps), dict[str, set[str]]()
    names, are_dated = {ROOM.key: ROOM.name}, False
    with unpacked(archive, file) as lines:
        for document in documents_in(lines, file):
            found = messages.values(document)
            id, room = plain_text(found["_id"]), plain_text(found["room"]) or ROOM.key
            said_at = moment(found["time"])
            at = said_at or made_at(id)
            if at is not None and said_at is None and found["time"] is not None:
                yield LeftOut("times that cannot be read: those of the ids stand for them")
            are_dated = are_dated or at is not None
            if at is None or not isinstance(found["msg"], str):
                yield LeftOut("messages without a time or a text")
                continue
            user = plain_text(found["user"])
            author = logins.get(user, user) or "unknown"
            rooms.setdefault(room, set()).add(author)
            yield Message(room, id or _key(document), author, at, mentions.typed(found["msg"]), order_of(id))
    messages.check(("user", "msg") if are_dated else ("user", "msg", "time"))
    for key, authors in rooms.items():
        yield Room(key, "open", names.get(key, key), members=tuple(sorted({*authors, *logins.values()})))


def _key(document: Mapping[str, Any]) -> str:
    """What is made of all that a document without an id holds."""
    return hashlib.sha256(msgspec.json.encode(document, order="sorted")).hexdigest()[:32]
