"""What an export calls its collections and fields, where those are not the ones that Parley looks for."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from app.transfer.readers.mongo.values import ABSENT, at_path, is_plain, moment, paths_in
from app.transfer.records import BadExport

FIELDS = {
    "users": ("_id", "login", "email", "password", "name"),
    "messages": ("_id", "user", "msg", "time", "room"),
}
MAPPED = tuple(name for each, fields in FIELDS.items() for name in (each, *(f"{each}.{field}" for field in fields)))
MOST_SHOWN, MOST_LOOKED_AT = 30, 100  # names in a sentence, and documents in which they are looked for
_KINDS = {"msg": "a text", "time": "a time"}


def maps_of(given: Sequence[str]) -> dict[str, str]:
    """Maps such as `messages.msg=body.text`, by our names.

    Raises:
        BadExport: one is written otherwise, names what there is not, or names it again.
    """
    maps = dict[str, str]()
    for each in given:
        ours, _, theirs = (part.strip() for part in each.partition("="))
        if not ours or not theirs:
            raise BadExport(f"“--map {each}” is no map: write OURS=THEIRS, such as messages.msg=body.text.")
        if ours not in MAPPED:
            raise BadExport(f"“{ours}” cannot be mapped. What can be: {', '.join(MAPPED)}.")
        if ours in maps:
            raise BadExport(f"“{ours}” is mapped twice, to “{maps[ours]}” and to “{theirs}”: leave one of them.")
        maps[ours] = theirs
    return maps


class Documents:
    """Gives the values of a collection's documents by our names, and notes which fields none of them has."""

    def __init__(self, collection: str, file: str, maps: Mapping[str, str]) -> None:
        self._collection, self._file, self._maps = collection, file, maps
        self._paths = {field: maps.get(f"{collection}.{field}", field) for field in FIELDS[collection]}
        self._lacking, self._seen, self._count = set(self._paths), set[str](), 0

    def values(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Its values, None where it has none."""
        found = {field: at_path(document, path) for field, path in self._paths.items()}
        self._count += 1
        self._lacking -= {field for field in self._lacking if _is_usable(field, found[field])}
        if self._lacking and self._count <= MOST_LOOKED_AT:
            self._seen |= paths_in(document)
        return {field: value if value is not ABSENT and is_plain(value) else None for field, value in found.items()}

    def check(self, needed: Collection[str]) -> None:
        """Refuse a collection where no document has what is needed or mapped.

        Raises:
            BadExport: the sentence says which field that is, and which there are.
        """
        for field in self._paths if self._count else ():
            ours, theirs, kind = f"{self._collection}.{field}", self._paths[field], _KINDS.get(field, "a value")
            if field not in self._lacking or not (field in needed or ours in self._maps):
                continue
            what = f"--map {ours}={theirs} matches nothing: no" if ours in self._maps else "No"
            hint = "" if ours in self._maps else f" Say what it is called there: --map {ours}=THEIRS."
            has = ", ".join(sorted(self._seen)[:MOST_SHOWN])
            raise BadExport(f"{what} document of {self._file} has {kind} in “{theirs}”.{hint} They have {has}.")


def _is_usable(field: str, value: Any) -> bool:
    if value is None or value is ABSENT:
        return value is None
    if field == "time":
        return moment(value) is not None
    return isinstance(value, str) if field == "msg" else is_plain(value)
