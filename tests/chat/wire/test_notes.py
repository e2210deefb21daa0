"""What processes send each other, as a process of another version sends it and reads it."""

import json
from typing import Any

import pytest

from app.chat.wire import notes
from app.chat.wire.events import Notice, encode
from app.chat.wire.notes import Note

# As versions before had them on the bus: a note that changes here is lost while the next version is rolled out.
ON_THE_BUS: list[tuple[Note, dict[str, Any]]] = [
    (notes.SessionEnded(5), {"kind": "session_ended", "session": 5}),
    (notes.ListsChanged(), {"kind": "lists"}),
    (notes.Read(7, 1, 60), {"kind": "read", "user": 7, "room": 1, "seq": 60}),
    (notes.Unread(7, 1, 59), {"kind": "unread", "user": 7, "room": 1, "seq": 59}),
    (
        notes.Noticed(7, Notice(1, 60, "Zoë · Lobby", "hi", "/rooms/1/60", sound=False, time=5)),
        {
            "kind": "notice",
            "user": 7,
            "notice": {"type": "notice", "room": 1, "seq": 60, "title": "Zoë · Lobby"}
            | {"body": "hi", "path": "/rooms/1/60", "sound": False, "time": 5},
        },
    ),
    (
        notes.Typing(1, notes.Typist(7, "zoë", "Zoë 👍")),
        {"kind": "typing", "room": 1, "user": [7, "zoë", "Zoë 👍"]},
    ),
    (notes.Who(), {"kind": "who"}),
    (
        notes.Here([notes.Seen(7, "zoë", "Zoë", [1, 2], 0, 31, namesake=True)]),
        {"kind": "here", "people": [[7, "zoë", "Zoë", [1, 2], 0, 31, True, False]]},
    ),
    (
        notes.Here([notes.Seen(7, "zoë", "Zoë", [])]),
        {"kind": "here", "people": [[7, "zoë", "Zoë", [], None, None, False, False]]},
    ),
    (notes.Gone(7), {"kind": "gone", "user": 7}),
    (notes.Spent([("posts", "7", 6)]), {"kind": "spent", "spent": [["posts", "7", 6]]}),
    (notes.Sockets([(7, 3), (8, 0)]), {"kind": "sockets", "counts": [[7, 3], [8, 0]]}),
]


@pytest.mark.parametrize(("note", "on_the_bus"), ON_THE_BUS, ids=str)
def test_a_note_is_on_the_bus_as_it_was_before(note: Note, on_the_bus: dict[str, Any]) -> None:
    assert json.loads(encode(note)) == on_the_bus
    assert notes.DECODER.decode(json.dumps(on_the_bus)) == note


def test_every_kind_of_note_is_held_to_what_it_was_before() -> None:
    assert {type(note) for note, _ in ON_THE_BUS} == {*Note.__args__}


def test_who_chose_no_hue_may_be_sent_without_one_as_it_was_before() -> None:
    note = notes.DECODER.decode('{"kind": "here", "people": [[7, "zoë", "Zoë", [1]]]}')

    assert note == notes.Here([notes.Seen(7, "zoë", "Zoë", [1])])
    assert notes.DECODER.decode('{"kind": "here", "people": [[7, "zoë", "Zoë", [1], 3]]}') == notes.Here(
        [notes.Seen(7, "zoë", "Zoë", [1], 3)]
    )


def test_a_field_that_only_a_newer_version_has_is_passed_over() -> None:
    assert notes.DECODER.decode('{"kind": "gone", "user": 7, "why": "lunch"}') == notes.Gone(7)
    assert notes.DECODER.decode(
        '{"kind": "here", "people": [[7, "zoë", "Zoë", [1], null, null, false, false, "away"]]}'
    ) == notes.Here([notes.Seen(7, "zoë", "Zoë", [1])])


NO_NOTES = """
{"kind": "of_tomorrow"}
{"user": 7}
{"kind": "gone"}
{"kind": "gone", "user": "7"}
{"kind": "typing", "room": 1, "user": [7, "zoë"]}
{"kind": "here", "people": [[7, "zoë"]]}
["gone", 7]
{not json
"""


@pytest.mark.parametrize("json", NO_NOTES.strip().splitlines())
def test_what_is_no_note_is_refused(json: str) -> None:
    with pytest.raises(ValueError, match=r"^(Invalid|Object|Expected|Array|JSON)"):
        notes.DECODER.decode(json)
