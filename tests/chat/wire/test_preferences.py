"""What a person sets for a room: what a row of the database, a room, a command and an event make of it."""

import msgspec
import pytest
from sqlalchemy import TextClause

from app.base.errors import BadCommand
from app.chat.wire.commands import parse
from app.chat.wire.events import RoomState, encode
from app.chat.wire.preferences import FIRST, Preferences, SetLevel, as_events, changes, preferences_of, set_in
from app.db.schema import memberships

MUTED, UNTOUCHED = Preferences(level="muted"), Preferences()


def a_room(**own: str) -> RoomState:
    return RoomState(id=1, kind="open", name="Lobby", topic="", last_seq=0, last_rev=0, read_seq=0, **own)


def test_each_preference_has_a_column_with_the_value_that_holds_at_first() -> None:
    for first in FIRST:
        default = memberships.c[first.name].server_default
        assert default is not None
        value = default.arg.text if isinstance(default.arg, TextClause) else default.arg
        assert value == (str(first.value).lower() if isinstance(first.value, bool) else first.value)


def test_a_room_carries_only_what_is_not_as_at_first() -> None:
    as_at_first = {first.name: first.value for first in FIRST}
    assert set_in(*as_at_first.values()) == {}
    assert set_in(*(as_at_first | {"level": "muted"}).values()) == {"level": "muted"}
    assert b"level" not in encode(a_room())
    assert msgspec.json.decode(encode(a_room(level="muted")))["level"] == "muted"


def test_a_change_becomes_the_event_of_what_changed() -> None:
    assert changes(7, UNTOUCHED, MUTED) == [SetLevel(7, "muted")]
    assert encode(changes(7, UNTOUCHED, MUTED)[0]) == b'{"type":"level","room":7,"level":"muted"}'


def test_what_is_set_back_becomes_the_event_of_the_first_value() -> None:
    assert changes(7, MUTED, UNTOUCHED) == [SetLevel(7, "all")]


def test_what_did_not_change_becomes_no_event() -> None:
    assert changes(7, UNTOUCHED, Preferences(level="all")) == []
    assert changes(7, MUTED, Preferences(level="muted")) == []


def test_all_that_holds_can_be_said_of_a_room_in_which_nothing_is_set() -> None:
    assert SetLevel(7, "all") in as_events(7, UNTOUCHED)
    assert [(event.room, event.value) for event in as_events(7, UNTOUCHED)] == [(7, first.value) for first in FIRST]


def test_rooms_with_the_same_preferences_share_one_object() -> None:
    assert preferences_of(a_room(level="muted")) is preferences_of(a_room(level="muted"))
    assert preferences_of(a_room()) == UNTOUCHED


@pytest.mark.parametrize("value", ['"loud"', "true", "null"])
def test_a_command_with_another_value_is_refused(value: str) -> None:
    with pytest.raises(BadCommand):
        parse(f'{{"type":"level","room":7,"level":{value}}}')
