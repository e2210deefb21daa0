"""What Parley exported: docs/EXPORT.md says what stands in each line."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from app.transfer import lines
from app.transfer.lines import Line, StoredPerson
from app.transfer.readers.archive import Archive, roots
from app.transfer.readers.lines import documents_in
from app.transfer.readers.opened import opened
from app.transfer.records import BadExport, Chat, File, Message, Person, Reaction, Record, Room


def read(path: Path) -> Iterator[Record]:
    """The chat, its people, rooms and messages, as they were, with their files, if it is the zip or its folder.

    Raises:
        BadExport: it is no such file, or of a newer Parley.
    """
    with opened(path) as archive:
        for root in roots(archive, frozenset({lines.LINES}))[:1]:
            archive.below(root)
        name = lines.LINES if lines.LINES in [*archive] else path.name
        if name not in archive:
            raise BadExport(f"There is no {lines.LINES} in {path}: it is no export of Parley.")
        with archive.open(name) as file:
            for number, document in enumerate(documents_in(file, str(path)), 1):
                line = _line(path, number, document)
                if number == 1 and not isinstance(line, lines.Chat):
                    raise BadExport(f"{path} is no export of Parley: its first line must describe the chat.")
                yield _record(path, archive, line)


def _line(path: Path, number: int, document: dict[str, Any]) -> Line:
    try:
        found: Line = msgspec.convert(document, lines.Line)
    except msgspec.ValidationError as error:
        raise BadExport(f"{path}, line {number}, is not as Parley writes it: {error}.") from error
    return found


def _record(path: Path, archive: Archive, line: Line) -> Record:
    match line:
        case lines.Chat():
            if line.format > lines.FORMAT:
                raise BadExport(f"{path} is of a newer Parley than this one: bring it in with that one.")
            return Chat(line.name, line.open_sign_up, line.second_factor)
        case lines.Person():
            more = line.disabled_at is None or line.role == "admin" or line.email or line.password_hash
            if line.deleted_at and more:
                raise BadExport(f"{path}: of the former member “{line.login}” there is more than a former member has.")
            return _person(line)
        case lines.Room():
            return _room(line)
        case lines.Message():
            return _message(archive, line)


def _person(line: lines.Person) -> Person:
    stored = StoredPerson(**{name: getattr(line, name) for name in StoredPerson.__struct_fields__})
    return Person(line.login, line.login, line.name, line.email, is_admin=line.role == "admin", stored=stored)


def _room(line: lines.Room) -> Room:
    return Room(
        key=str(line.room),
        kind=line.kind,
        name=line.name,
        topic=line.topic,
        members=tuple(member.login for member in line.members),
        created_at=line.created_at,
        is_archived=line.archived_at is not None,
        creator=line.creator,
        archived_at=line.archived_at,
        is_for_everyone=line.for_everyone,
        seats=line.members,
        retention_days=line.retention_days,
        members_save=line.members_save,
    )


def _message(archive: Archive, line: lines.Message) -> Message:
    return Message(
        room=str(line.room),
        key=str(line.seq),
        author=line.author,
        at=line.at,
        text=line.text,
        order=line.seq,
        reply_to=str(line.reply_to) if line.reply_to is not None else None,
        edited_at=line.edited_at,
        is_deleted=line.deleted_at is not None,
        deleted_at=line.deleted_at,
        id=line.id,
        reactions=tuple(Reaction(each.emoji, each.login, each.at) for each in line.reactions),
        files=tuple(_file(archive, each) for each in line.files),
    )


def _file(archive: Archive, line: lines.File) -> File:
    place = f"{lines.FILES}{line.sha256}"
    opening = partial(archive.open, place) if place in archive else None
    return File(line.name, line.type, opening, line.alt, line.id)
