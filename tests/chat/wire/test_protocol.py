"""The wire: every example of tests/protocol and of docs/PROTOCOL.md means what it says."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.base.errors import BadCommand, BadText, TooLong
from app.chat.messages.message import Message
from app.chat.wire import events
from app.chat.wire.commands import MAX_TEXT_CHARS, Post, parse

EXAMPLES = Path(__file__).parents[2] / "protocol"
DOCUMENT = Path(__file__).parents[3] / "docs" / "PROTOCOL.md"
COMMANDS: dict[str, list[Any]] = json.loads((EXAMPLES / "commands.json").read_text())
EVENTS: dict[str, list[Any]] = json.loads((EXAMPLES / "events.json").read_text())
Event = events.Event | Message
ID = "0b0f6a52-7f3c-4c1e-9d0a-6a1d7c1f2e11"


def post(text: str) -> Post:
    command = parse(json.dumps({"type": "post", "room": 1, "id": ID, "text": text}))
    assert isinstance(command, Post)
    return command


@pytest.mark.parametrize("command", COMMANDS["valid"], ids=str)
def test_a_valid_command_is_parsed_to_what_it_says(command: dict[str, Any]) -> None:
    assert json.loads(msgspec.json.encode(parse(json.dumps(command)))).items() >= command.items()


@pytest.mark.parametrize("example", COMMANDS["invalid"], ids=lambda example: example["why"])
def test_nonsense_is_refused_by_code_and_names_its_command(example: dict[str, Any]) -> None:
    with pytest.raises(BadCommand) as refusal:
        parse(example["frame"])

    assert refusal.value.code == example["code"]
    assert refusal.value.command_id == example.get("id")


@pytest.mark.parametrize("event", EVENTS["valid"], ids=lambda event: event["type"])
def test_an_event_is_encoded_to_the_example_and_back(event: dict[str, Any]) -> None:
    parsed = msgspec.json.decode(json.dumps(event), type=Event)

    assert json.loads(events.encode(parsed)) == event
    assert b"\n" not in events.encode(parsed)


def test_every_event_has_an_example() -> None:
    assert {event["type"] for event in EVENTS["valid"]} == {kind.__struct_config__.tag for kind in Event.__args__}


def test_every_example_of_the_document_is_valid() -> None:
    socket, _ = DOCUMENT.read_text().split("\n## Search\n")  # which tests/search/asking/test_wire.py holds
    _, client, server = re.split(r"^### What .* says$", socket, flags=re.MULTILINE)

    for command in examples_in(client):
        parse(command)
    for event in examples_in(server):
        msgspec.json.decode(event, type=Event)

    assert {kind_of(example) for example in examples_in(client)} == {each["type"] for each in COMMANDS["valid"]}
    assert {kind_of(example) for example in examples_in(server)} == {each["type"] for each in EVENTS["valid"]}


def examples_in(section: str) -> list[str]:
    """The blocks of JSON in a part of the document, each of one line."""
    return re.findall(r"^```json\n(.*)\n```$", section, re.MULTILINE)


def kind_of(example: str) -> str:
    return str(json.loads(example)["type"])


def test_text_is_normalised_and_otherwise_kept() -> None:
    assert post("e\u0301").text == "é"
    assert post("a\r\nb\rc").text == "a\nb\nc"
    assert post("\n\n  indented\n\tas typed  \n\n").text == "  indented\n\tas typed"
    assert post("👩‍👩‍👧 שלום").text == "👩‍👩‍👧 שלום"


def test_text_is_counted_in_characters_after_normalising() -> None:
    assert len(post("e\u0301" * MAX_TEXT_CHARS).text) == MAX_TEXT_CHARS
    with pytest.raises(TooLong, match=r"4,001 characters; 4,000 fit"):
        post("x" * (MAX_TEXT_CHARS + 1))


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\t", "\u3000"])
def test_text_of_white_space_alone_is_refused(text: str) -> None:
    with pytest.raises(BadText, match="Write something first"):
        post(text)
