"""Records of an export by their kinds, for tests of readers."""

import tarfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from app.transfer.records import BadExport, LeftOut, Message, Person, Record, Room

Read = Callable[[Path], Iterator[Record]]


class Brought:
    """What a reader yields: people and rooms by key, messages in the order in which they will stand, what is left."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.people: dict[str, Person] = {}
        self.rooms: dict[str, Room] = {}
        self.messages: list[Message] = []
        self.left: Counter[str] = Counter()
        for record in records:
            match record:
                case Person():
                    assert record.key not in self.people
                    self.people[record.key] = record
                case Room():
                    assert record.key not in self.rooms
                    self.rooms[record.key] = record
                case Message():
                    self.messages.append(record)
                case LeftOut():
                    self.left[record.what] += record.count
        self.messages.sort(key=lambda message: (message.room, message.at, message.order))
        keys = [(message.room, message.key) for message in self.messages]
        assert len(set(keys)) == len(keys)

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.messages]

    def message(self, text: str) -> Message:
        (found,) = [message for message in self.messages if message.text == text]
        return found


def zip_of(path: Path, files: Mapping[str, bytes | str]) -> Path:
    """A zip with these files, by their names in it."""
    with ZipFile(path, "w", ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return path


def tarred(folder: Path, name: str) -> Path:
    """A folder packed as a tar beside it, in which it has that name."""
    path = folder.with_suffix(".tar.gz")
    with tarfile.open(path, "w:gz") as made:
        made.add(folder, name)
    return path


def contents(read: Read, path: Path) -> dict[str, bytes | None]:
    """What is in the files that messages carry, by their names; None where the export does not have it."""
    found: dict[str, bytes | None] = {}
    for record in read(path):
        for each in record.files if isinstance(record, Message) else ():
            found[each.name] = None
            if each.open is not None:
                with each.open() as file:
                    found[each.name] = file.read()
    return found


def pictures(records: Iterable[Record]) -> dict[str, bytes]:
    """The pictures of people that an export has, by their keys."""
    found: dict[str, bytes] = {}
    for record in records:
        if isinstance(record, Person) and record.avatar is not None:
            with record.avatar() as file:
                found[record.key] = file.read()
    return found


def refusal(read: Read, path: Path) -> str:
    """The sentence with which a reader refuses an export."""
    with pytest.raises(BadExport) as refused:
        list(read(path))
    assert "\n" not in refused.value.message
    return refused.value.message
