"""What a person sets for a room of theirs, which nobody else gets. Pure.

A preference has one name: of its column in `memberships`, of its field in a room, of its command, of its event. Nothing
else in Python names it, so a new one needs its lines here, and its column.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from app.chat.wire.numbers import Number

Level = Literal["all", "mentions", "muted"]


class Preferences(Struct, frozen=True, kw_only=True):
    """What is set for a room; what is as at first is not there."""

    level: Level | UnsetType = UNSET


class Preference(Struct, frozen=True, forbid_unknown_fields=True):
    """One of them. As a command it sets that, as an event it says what is set from now on."""

    room: Number

    @property
    def name(self) -> str:
        return str(self.__struct_config__.tag)

    @property
    def value(self) -> Any:
        return getattr(self, self.name)


class SetLevel(Preference, tag="level", frozen=True):
    """How much of a room counts as unread for oneself."""

    level: Level


SetPreference = SetLevel  # or another: a union, so that each is decoded by its tag

FIRST: tuple[SetPreference, ...] = (SetLevel(0, "all"),)  # what holds in any room until it is set
_FIRST = tuple((each.name, each.value) for each in FIRST)  # looked up once, and not for each room of somebody


@lru_cache(1024)
def set_in(*values: Any) -> Mapping[str, Any]:
    """What is set, of the values of all preferences in the order of `FIRST`, as the fields of `Preferences`."""
    return {name: value for (name, first), value in zip(_FIRST, values, strict=True) if value != first}


def preferences_of(room: Preferences) -> Preferences:
    """Those of a room, without all else that it is: one object for all rooms where the same is set."""
    return _shared(*[getattr(room, name) for name, _ in _FIRST])


@lru_cache(1024)
def _shared(*values: Any) -> Preferences:
    return Preferences(**{name: value for (name, _), value in zip(_FIRST, values, strict=True)})


def as_events(room: int, preferences: Preferences) -> list[SetPreference]:
    """What holds in a room, one event each."""
    return [replace(each, room=room, **{each.name: _held(preferences, each)}) for each in FIRST]


def _held(preferences: Preferences, first: Preference) -> Any:
    value = getattr(preferences, first.name)
    return first.value if value is UNSET else value


def changes(room: int, before: Preferences, now: Preferences) -> list[SetPreference]:
    """The events that bring a page from one to the other."""
    if now == before:
        return []
    held = as_events(room, before)
    return [event for event in as_events(room, now) if event not in held]
