"""Half of a sign in JSON costs nobody more than that sign."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from app.transfer.readers import discord, mattermost, mongo, telegram, zulip
from app.transfer.readers.halves import decoded
from app.transfer.records import Message
from tests.transfer.readers import test_discord, test_mattermost, test_telegram, test_zulip
from tests.transfer.readers.reading import Read

TYPED = "so HALF it is"


def _mongo(folder: Path) -> Path:
    (folder / "users.json").write_text('{"_id": 1, "login": "ann"}')
    (folder / "messages.json").write_text('{"_id": 2, "user": "ann", "msg": "so HALF it is", "time": {"$date": 1}}')
    return folder


FORMATS: dict[str, tuple[Read, Callable[[Path], Path]]] = {
    "mattermost": (
        mattermost.read,
        lambda folder: test_mattermost.written(folder, *test_mattermost.BEGIN, test_mattermost.post(TYPED)),
    ),
    "discord": (
        discord.read,
        lambda folder: test_discord.export(folder, "a.json", test_discord.GENERAL, test_discord.posted(1, TYPED)),
    ),
    "telegram": (
        telegram.read,
        lambda folder: test_telegram.written(folder, test_telegram.chat(test_telegram.posted(1, TYPED))),
    ),
    "zulip": (zulip.read, lambda folder: test_zulip.written(folder, test_zulip.posted(1, TYPED))),
    "mongo": (mongo.read, _mongo),
}


@pytest.mark.parametrize("form", FORMATS)
def test_half_a_sign_becomes_one_that_is_missing(form: str, tmp_path: Path) -> None:
    read, written = FORMATS[form]
    path = written(tmp_path)
    for file in [path] if path.is_file() else path.rglob("*"):
        if file.is_file():
            file.write_bytes(file.read_bytes().replace(b"HALF", rb"\ud83d"))

    assert [each.text for each in read(path) if isinstance(each, Message)] == ["so \ufffd it is"]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (rb'"\ud83d"', "\ufffd"),
        (rb'"\ude00 and \ud83d\ude00"', "\ufffd and 😀"),
        (rb'"\\ud83d \ud83d\n"', "\\ud83d \ufffd\n"),
        (rb'"\ud83d\ud83d\ude00"', "\ufffd😀"),
    ],
)
def test_what_is_whole_stays(content: bytes, text: str) -> None:
    assert decoded(msgspec.json.decode, content) == text


def test_what_is_no_json_for_another_reason_is_refused() -> None:
    with pytest.raises(msgspec.DecodeError):
        decoded(msgspec.json.decode, rb'"\ud83d')
