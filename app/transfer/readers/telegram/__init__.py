"""Telegram Desktop's result.json: one chat or all; alone, in its folder, or that folder as a zip.

People have ids and no logins. Who is in a chat the export does not say; its members are those who wrote there.
"""

import posixpath
import re
from collections.abc import Collection, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

import msgspec

from app.transfer.readers.archive import Archive
from app.transfer.readers.fitting import Fitting, why_none
from app.transfer.readers.opened import names_in, opened, unpacked
from app.transfer.readers.phrases import ELSEWHERE
from app.transfer.readers.streaming import JsonReader, NoJson
from app.transfer.readers.styled import heading
from app.transfer.readers.telegram.mending import Mended
from app.transfer.readers.telegram.shapes import Chat, Owner, Posted
from app.transfer.readers.telegram.texts import called_in, text_of
from app.transfer.readers.telegram.topics import Topics
from app.transfer.readers.times import NO_ZONE, at_iso, at_seconds
from app.transfer.records import BadExport, File, LeftOut, Message, Person, Reaction, Record, Room

_DIRECT = {"personal_chat", "bot_chat", "saved_messages"}
_OPEN = {"public_supergroup", "public_channel"}
_NUMBER = re.compile(r"-?\d{1,12}")


def read(path: Path) -> Iterator[Record]:
    """Read an export.

    Raises:
        BadExport: there is no result.json, or it cannot be read.
    """
    with opened(path) as archive:
        names = [name for name in names_in(archive) if name == path.name or posixpath.basename(name) == "result.json"]
        if not names:
            raise BadExport(f"{path.name} has no result.json; export from Telegram Desktop as “machine-readable JSON”.")
        fits, readings = _Fits(), list[_Reading]()
        for name in names:
            readings.append(_Reading(archive, posixpath.dirname(name), fits))
            with unpacked(archive, name) as file:
                yield from _records(name, JsonReader(Mended(file)), readings[-1])
        yield from _only_named(readings)
        if why := why_none(fits.messages):
            raise BadExport(f"{path.name} is not as Telegram Desktop writes it: {why}.")
        yield from fits.left_out()


class _Fits:
    """What of an export's documents fits."""

    def __init__(self) -> None:
        self.chats, self.messages, self.owners = (
            Fitting("chats", Chat),
            Fitting("messages", Posted),
            Fitting("accounts", Owner),
        )

    def left_out(self) -> Iterator[LeftOut]:
        for fitting in (self.chats, self.messages, self.owners):
            yield from fitting.left_out()


def _records(name: str, reader: JsonReader, reading: "_Reading") -> Iterator[Record]:
    try:
        yield from reading.messages(reader)
        reader.end()
    except (NoJson, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadExport(f"{name} is broken off, or no JSON: {error}. Export again.") from error
    if not reading.chats:
        raise BadExport(f"{name} has no chat with messages; export from Telegram Desktop as “machine-readable JSON”.")
    yield from reading.rooms()
    yield from reading.people.values()


def _only_named(readings: "list[_Reading]") -> Iterator[Person]:
    """Who is named in a text, by words of another, and wrote and takes part nowhere: no account to log in with."""
    met = {key for reading in readings for key in reading.people}
    named = {key: name for reading in readings for key, name in reading.named.items() if key not in met}
    yield from (Person(key=key, name=name, kind="gone") for key, name in named.items())


class _Reading:
    """Reads one chat after the other; who was met, and the chats with their authors, are whole when all is read."""

    def __init__(self, archive: Archive, folder: str, fits: _Fits) -> None:
        self._archive, self._folder, self._fits = archive, folder, fits
        self._owner: Owner | None = None
        self.chats: list[tuple[Chat, dict[str, None]]] = []
        self.people: dict[str, Person] = {}
        self.named: dict[str, str] = {}  # whom texts call by other words than their own

    def messages(self, reader: JsonReader) -> Iterator[Record]:
        """What is written in a chat, or in all chats of an account, which stand in two lists."""
        chat = Chat()
        for key in reader.members():
            if key in Chat.__struct_fields__:
                field = self._fits.chats.decoded(b'{"%s":%s}' % (key.encode(), reader.value()))
                setattr(chat, key, getattr(field, key))
            elif key == "personal_information":
                self._owner = self._fits.owners.decoded(reader.value())
            elif key in ("chats", "left_chats") and reader.sign() == "{":
                yield from self._listed(reader)
            elif key == "messages" and chat.id is not None:
                authors = dict[str, None]()
                self.chats.append((chat, authors))
                yield from self._written(reader, chat, authors)

    def _listed(self, reader: JsonReader) -> Iterator[Record]:
        for key in reader.members():
            for _ in reader.elements() if key == "list" else ():
                count = len(self.chats)
                if reader.sign() == "{":
                    yield from self.messages(reader)
                if len(self.chats) == count:
                    yield LeftOut("chats without an id in front of their messages")

    def _written(self, reader: JsonReader, chat: Chat, authors: dict[str, None]) -> Iterator[Record]:
        room, topics = str(chat.id), Topics()
        for _ in reader.elements():
            posted = self._fits.messages.decoded(reader.value())
            if posted is None:
                continue
            if posted.type == "message":
                authors[_author(posted, room)] = None
            topics.note(posted)
            yield from self._records_of(posted, room, topics)

    def rooms(self) -> Iterator[Room]:
        """The room of each chat. Both people of a direct one are known then, also who wrote nothing."""
        for chat, authors in self.chats:
            is_direct = chat.type in _DIRECT
            both = self._both(chat, authors) if is_direct else {}
            self.people |= both
            yield Room(
                key=str(chat.id),
                kind="direct" if is_direct else "open" if chat.type in _OPEN else "closed",
                name="" if is_direct else chat.name or "",
                members=tuple(authors | dict.fromkeys(both)),
            )

    def _both(self, chat: Chat, authors: Collection[str]) -> dict[str, Person]:
        """Who takes part: of the export of one chat, its owner is known only by what they wrote."""
        owner, both = self._owner, list[Person]()
        if owner:
            both.append(_person(f"user{owner.user_id}", f"{owner.first_name or ''} {owner.last_name or ''}".strip()))
        if chat.type != "saved_messages":
            both.append(_person(f"user{chat.id}", chat.name, is_bot=chat.type == "bot_chat"))
            if owner is None and {*authors} <= {f"user{chat.id}"}:
                both.append(Person(f"owner of the export of {chat.id}", kind="gone"))
        return {person.key: person for person in both}

    def _meet(self, key: str, name: str | None) -> None:
        if key not in self.people:
            self.people[key] = _person(key, name)

    def _records_of(self, posted: Posted, room: str, topics: Topics) -> Iterator[Record]:
        if posted.type != "message":
            is_notice = posted.type == "service"
            yield LeftOut("joins, calls, pins and other notices" if is_notice else "messages that Telegram left out")
            return
        at, has_zone = _moment(posted.date_unixtime, posted.date)
        text, files = text_of(posted), tuple(self._files(posted))
        if at is None or not (text.strip() or files):
            yield LeftOut("messages without a time" if at is None else "messages without a text")
            return
        if not has_zone:
            yield LeftOut(NO_ZONE)
        author, topic = _author(posted, room), topics.begun_by(posted)
        self._meet(author, posted.name)
        for key, name in called_in(posted):
            self.named.setdefault(key, name)
        yield from self._met_in_reactions(posted)
        if posted.poll and (votes := sum(answer.voters for answer in posted.poll.answers)):
            yield LeftOut("votes in polls", votes)
        if posted.reply_to_message_id is not None and posted.reply_to_peer_id:
            yield LeftOut(ELSEWHERE)
        yield Message(
            room=room,
            key=str(posted.id),
            author=author,
            at=at,
            text=heading(topic) + text,
            order=posted.id,
            reply_to=None if topics.is_begin(posted.reply_to_message_id) else _answered(posted),
            edited_at=_moment(posted.edited_unixtime, posted.edited)[0],
            reactions=tuple(dict.fromkeys(_reactions(posted))),
            files=files,
        )

    def _met_in_reactions(self, posted: Posted) -> Iterator[Record]:
        for reacted in posted.reactions or ():
            recent = [each for each in reacted.recent or () if each.from_id]
            if reacted.type != "emoji":
                yield LeftOut("reactions with pictures or stars", max(reacted.count, 1))
                continue
            for each in recent:
                self._meet(_peer(each.from_id), each.name)
            if reacted.count > len(recent):
                yield LeftOut("reactions of people whom the export does not name", reacted.count - len(recent))

    def _files(self, posted: Posted) -> Iterator[File]:
        for path in (posted.photo, posted.file):
            if path is None:
                continue
            place = posixpath.normpath(posixpath.join(self._folder, path))
            is_there = not path.startswith("(") and place in self._archive
            name = posted.file_name or (
                posted.media_type or "photo" if path.startswith("(") else posixpath.basename(path)
            )
            yield File(name, posted.mime_type or "", partial(self._archive.open, place) if is_there else None)


def _person(key: str, name: str | None, *, is_bot: bool = False) -> Person:
    """One without a name has deleted the account; a channel, which may write in its own name, is no person."""
    is_bot = is_bot or key.startswith("channel")
    return Person(key=key, name=name or "", kind="bot" if is_bot else "person" if name else "gone")


def _peer(key: str | int | None) -> str:
    """Old exports have the bare number of a person."""
    return f"user{key}" if isinstance(key, int) else key or ""


def _author(posted: Posted, room: str) -> str:
    return _peer(posted.from_id) or f"channel{room}"


def _answered(posted: Posted) -> str | None:
    is_here = posted.reply_to_message_id is not None and not posted.reply_to_peer_id
    return str(posted.reply_to_message_id) if is_here else None


def _reactions(posted: Posted) -> Iterator[Reaction]:
    for reacted in posted.reactions or ():
        for each in (reacted.recent or ()) if reacted.type == "emoji" and reacted.emoji else ():
            if each.from_id:
                yield Reaction(reacted.emoji or "", _peer(each.from_id))


def _moment(unix: str | int | None, local: str | None) -> tuple[datetime | None, bool]:
    """A time, and whether its zone is sure."""
    if unix is not None and _NUMBER.fullmatch(str(unix)):
        return at_seconds(int(unix)), True
    return at_iso(local), False
