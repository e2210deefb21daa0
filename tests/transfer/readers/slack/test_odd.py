"""What is odd in Slack's messages costs no more than itself, and all that does not come is counted."""

from pathlib import Path
from typing import Any

import pytest

from app.transfer.records import Reaction
from tests.transfer.readers.slack.exports import GENERAL, TS, records_of, rich, said, section, text


def odd(field: str) -> str:
    return f"parts of messages, whose “{field}” is missing or of another type"


def test_entries_without_what_a_message_has_are_passed_by_and_counted(tmp_path: Path) -> None:
    canvas = {"id": "F1", "created": 1_700_000_000, "title": "a canvas"}
    no_text = {"type": "message", "user": "U1", "ts": TS, "blocks": None}

    of_no_mode = said("odd", "1700000001.000100", subtype=["x"], files=[{"id": "F1", "name": "a", "mode": []}])
    found = records_of(
        tmp_path, canvas, None, "x", no_text, said(ts="never"), said("ok", blocks=None, reactions=None), of_no_mode
    )

    assert found.texts == ["", "ok", "odd"]
    assert found.left_out == {
        "entries that are no messages, for they have no time": 4,
        odd("subtype"): 1,
        odd("mode"): 1,
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("thread_ts", 1.5),
        ("text", {"typed": "x"}),
        ("blocks", "x"),
        ("attachments", {"text": "x"}),
        ("reactions", {"name": "+1"}),
        ("files", "F1"),
        ("username", ["x"]),
        ("edited", "1700000000.000100"),
        ("mrkdwn", "no"),
    ],
)
def test_a_field_of_another_type_is_counted_and_the_others_of_that_message_and_that_day_come(
    tmp_path: Path, field: str, value: Any
) -> None:
    whole = said("whole", "1700000002.000100", user="U9", user_profile={"real_name": "Nina"})
    good = said("this", user="U9", reactions=[{"name": "+1", "users": ["U2"], "count": 1}])

    found = records_of(tmp_path, good | {field: value}, whole)

    assert [(each.key, each.author) for each in found.messages] == [(TS, "U9"), ("1700000002.000100", "U9")]
    assert found.messages[0].text == ("" if field == "text" else "this")
    assert found.messages[0].reactions == (() if field == "reactions" else (Reaction("👍", "U2"),))
    assert found.people["U9"].name == "Nina"
    assert found.left_out == {odd(field): 1}


def test_what_is_odd_inside_of_blocks_attachments_and_files_is_counted_by_its_field(tmp_path: Path) -> None:
    listed = {"type": "rich_text_list", "style": "bullet", "elements": "x"}
    blocks = rich(section(text("typed"), {"type": "user", "user_id": 5}, {"type": "link", "url": {}}), listed)
    beside = {"text": ["x"], "fields": [{"title": "Count", "value": 5}, "x"], "title": "kept"}

    found = records_of(tmp_path, said("flat", blocks=blocks, attachments=[beside], files=[{"id": "F1", "name": {}}]))

    assert found.messages[0].text.endswith("**kept**\n**Count**\n5")
    assert found.left_out == {odd("url"): 1, odd("elements"): 1, odd("text"): 1, odd("fields"): 1, odd("name"): 1}


def test_what_parley_does_not_have_is_counted(tmp_path: Path) -> None:
    button = {"type": "button", "text": {"type": "plain_text", "text": "Go"}}
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": "built"}, "accessory": button},
        {"type": "actions", "elements": [button, button]},
        {"type": "context", "elements": [{"type": "image", "image_url": "https://example.org/i.png"}]},
        {"type": "section", "text": "not even an object"},
    ]
    attached = {"text": "beside", "actions": [{"text": "Yes"}], "author_icon": "https://example.org/a.png"}
    preview = {"from_url": "https://example.org", "text": "a page"}
    pinned = {**GENERAL, "pins": [{"id": TS}], "topic": {"value": "Food"}, "purpose": {"value": "All about food"}}

    found = records_of(
        tmp_path,
        said("x", user=None, bot_id="B1", blocks=blocks, attachments=[attached]),
        said("see <https://example.org>", attachments=[preview]),
        said("edited", edited={"user": "U1"}),
        channels__json=[pinned],
    )

    assert found.texts == ["built\nbeside", "see https://example.org", "edited"]
    assert found.left_out == {
        "buttons and fields to fill in, of programs": 4,
        "small pictures beside what programs wrote": 2,
        "parts of messages of a kind that is unknown": 1,
        "previews of links": 1,
        "marks of edits that have no time": 1,
        "pins of messages": 1,
        "descriptions of rooms that have a topic, too": 1,
    }
