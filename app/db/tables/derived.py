"""What is stored beside what people type, made of it as a row is inserted."""

from collections.abc import Callable

from sqlalchemy.engine.default import DefaultExecutionContext

from app.base.folding import person_key, search_key
from app.base.skeleton import skeleton
from app.db.tables.sorting import person_sort_key, sort_key


def person_key_of(context: DefaultExecutionContext) -> str:
    """Of somebody who is inserted; who changes a name changes the key with it."""
    person = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return person_key(person["display_name"], person["login"])


def person_sort_key_of(context: DefaultExecutionContext) -> str:
    """Of somebody who is inserted, as `person_key_of`."""
    return person_sort_key(context.get_current_parameters()["display_name"])  # type: ignore[no-untyped-call]


def room_sort_key_of(context: DefaultExecutionContext) -> str:
    """Of a room that is inserted, as `person_key_of`."""
    return sort_key(context.get_current_parameters().get("name") or "")  # type: ignore[no-untyped-call]


def skeleton_of(column: str) -> Callable[[DefaultExecutionContext], str]:
    """Of somebody who is inserted, as `person_key_of`."""
    return lambda context: skeleton(context.get_current_parameters()[column])  # type: ignore[no-untyped-call]


def room_key_of(context: DefaultExecutionContext) -> str:
    """Of a room that is inserted, as `person_key_of`."""
    room = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return search_key(room.get("name") or "", room.get("topic") or "")
