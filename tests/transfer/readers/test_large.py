"""However large an export is that stands in one document, little of it is in memory."""

import json
import tracemalloc
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from app.transfer.readers.streaming import PIECE_BYTES
from app.transfer.records import Message
from tests.transfer.readers import test_discord, test_telegram, test_zulip

COUNT = 4_000
BEFORE_AND_BEHIND: dict[str, tuple[str, str, Callable[[int, str], dict[str, Any]]]] = {
    "telegram": (json.dumps(test_telegram.chat())[:-2], "]}", test_telegram.posted),
    "discord": (
        json.dumps({"guild": {"id": "5"}, "channel": test_discord.GENERAL, "messages": []})[:-2],
        "]}",
        test_discord.posted,
    ),
    "zulip": ('{"zerver_message": [', '], "zerver_usermessage": [{"id": 1}]}', test_zulip.posted),
}
NAMES = {"telegram": "result.json", "discord": "general.json", "zulip": "messages-000003.json"}


@pytest.mark.parametrize("form", [*NAMES])
def test_little_of_a_large_document_is_in_memory(form: str, tmp_path: Path) -> None:
    if form == "zulip":
        test_zulip.written(tmp_path)
    before, behind, posted = BEFORE_AND_BEHIND[form]
    messages = ",\n".join(json.dumps(posted(number, "x" * 4_000)) for number in range(1, COUNT + 1))
    (tmp_path / NAMES[form]).write_text(f"{before}{messages}{behind}")
    del messages
    read = import_module(f"app.transfer.readers.{form}").read

    tracemalloc.start()
    try:
        found = sum(isinstance(record, Message) for record in read(tmp_path))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert found == COUNT
    assert peak < 12 * PIECE_BYTES
