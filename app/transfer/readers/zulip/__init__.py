"""Zulip's export: a tar.gz, or the folder that was in it.

A stream becomes a room; a message on another topic than the one before it begins with its topic. Direct messages have
no room in Zulip: their room is made of those who take part.
"""

import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO, Any

import msgspec

from app.transfer import mentions
from app.transfer.readers.archive import Archive
from app.transfer.readers.attached import objects, word
from app.transfer.readers.fitting import Fitting, why_none
from app.transfer.readers.opened import names_in, opened
from app.transfer.readers.styled import heading
from app.transfer.readers.times import at_seconds
from app.transfer.readers.zulip import shapes
from app.transfer.readers.zulip.shapes import LISTS, Account, Attachment, Posted, Reacted, Realm, Stream
from app.transfer.readers.zulip.tables import rows, rows_of
from app.transfer.readers.zulip.texts import Around, Names, answered, emoji_in, of_code_points
from app.transfer.records import BadExport, File, LeftOut, Message, Person, Reaction, Record, Room

_MESSAGES = re.compile(r"messages-\d+\.json")
_PERSON, _STREAM, _GROUP = 1, 2, 3  # types of recipients
_ADMINS = {100, 200}  # roles of owners and administrators
_ARCHIVED = re.compile(r"!+DEACTIVATED:")  # what old versions put before the name
_HEX = re.compile(r"[0-9a-f]{2,5}(?:-[0-9a-f]{2,5})*")
_NO_TOPIC = {"", "\x07"}


def read(path: Path) -> Iterator[Record]:
    """Read an export.

    Raises:
        BadExport: it has no realm.json, or a file of it cannot be read.
    """
    with opened(path) as archive:
        names = names_in(archive)
        realms = [name for name in names if posixpath.basename(name) == "realm.json"]
        if not realms:
            raise BadExport(f"{path.name} has no realm.json: it is no export of Zulip.")
        root = posixpath.dirname(min(realms, key=len))
        files = [
            name for name in names if posixpath.dirname(name) == root and _MESSAGES.fullmatch(posixpath.basename(name))
        ]
        reading = _Reading(archive, root)
        yield from reading.people()
        yield from reading.streams()
        messages = Fitting("messages", Posted)
        for name in files:
            for posted in rows(archive, name, "zerver_message", messages):
                yield from reading.records_of(posted)
        yield from reading.unseen()
        if why := why_none(messages):
            raise BadExport(f"{path.name} is not as Zulip writes it: {why}.")
        for fitting in (*reading.fittings, messages):
            yield from fitting.left_out()


class _Reading:
    """What realm.json says of people, streams, reactions and files, by what messages name them with."""

    def __init__(self, archive: Archive, root: str) -> None:
        self._archive, self._root = archive, root
        self.fittings: list[Fitting[Any]] = []
        self._reactions: dict[int, tuple[Reaction, ...]] = {}
        self._left: Counter[int] = Counter()
        self._seen: set[int] = set()  # of the messages that have reactions
        self._realm = realm = self._read_realm()
        self._recipients = {each.id: each for each in realm.zerver_recipient}
        self._members: dict[int, list[str]] = {}
        for seat in realm.zerver_subscription:
            if seat.active or self._type_of(seat.recipient) == _GROUP:
                self._members.setdefault(seat.recipient, []).append(str(seat.user_profile))
        self._files: dict[int, list[Attachment]] = {}
        for attachment in self._attachments():
            for message in attachment.messages:
                self._files.setdefault(message, []).append(attachment)
        self._names = Names(_unique(realm), {str(each.id) for each in _users(realm)}, _streams(realm))
        self._topics: dict[str, str] = {}
        self._directs: set[str] = set()

    def _read_realm(self) -> Realm:
        """What is said of people and rooms; reactions are kept by message, each that is like another once."""
        realm, same = Realm(), dict[Reaction, Reaction]()
        fittings: dict[str, Fitting[Any]] = {table: Fitting(*each) for table, each in LISTS.items()}
        self.fittings += fittings.values()
        for table, row in rows_of(self._archive, posixpath.join(self._root, "realm.json"), fittings):
            if not isinstance(row, Reacted):
                getattr(realm, table).append(row)
            elif row.reaction_type == "unicode_emoji" and _HEX.fullmatch(row.emoji_code):
                reaction = Reaction(of_code_points(row.emoji_code), str(row.user_profile))
                theirs = self._reactions.get(row.message, ())
                self._reactions[row.message] = (*theirs, same.setdefault(reaction, reaction))
            else:
                self._left[row.message] += 1
        if not realm.zerver_recipient:
            raise BadExport("realm.json is not as Zulip writes it: there is no zerver_recipient in it.")
        return realm

    def _type_of(self, recipient: int) -> int | None:
        found = self._recipients.get(recipient)
        return found.type if found else None

    def _attachments(self) -> Iterator[Attachment]:
        name = posixpath.join(self._root, "attachment.json")
        fitting = Fitting("files", Attachment)
        self.fittings.append(fitting)
        return rows(self._archive, name, "zerver_attachment", fitting) if name in self._archive else iter(())

    def _avatars(self) -> "dict[str, partial[IO[bytes]]]":
        """Pictures of people by their keys; as they were sent, where there are several sizes."""
        found = dict[str, partial[IO[bytes]]]()
        records = posixpath.join(self._root, "avatars/records.json")
        for each in objects(self._archive.json(records)) if records in self._archive else ():
            place, key = (
                posixpath.join(self._root, "avatars", word(each.get("path"))),
                word(each.get("user_profile_id")),
            )
            if place in self._archive and (key not in found or place.endswith(".original")):
                found[key] = partial(self._archive.open, place)
        return found

    def people(self) -> Iterator[Person]:
        avatars = self._avatars()
        bots = {each.id for each in self._realm.zerver_userprofile_crossrealm}
        foreign = {each.id for each in self._realm.zerver_userprofile_mirrordummy}
        for user in {each.id: each for each in _users(self._realm)}.values():
            is_gone = user.id in foreign or user.is_mirror_dummy or not user.is_active
            yield Person(
                key=str(user.id),
                name=user.full_name,
                email=user.delivery_email or user.email or None,
                kind="bot" if user.is_bot or user.id in bots else "gone" if is_gone else "person",
                is_admin=user.is_realm_admin or user.role in _ADMINS,
                avatar=avatars.get(str(user.id)),
            )

    def streams(self) -> Iterator[Room]:
        recipients = {each.type_id: each.id for each in self._realm.zerver_recipient if each.type == _STREAM}
        for stream in self._realm.zerver_stream:
            creator = stream.creator if stream.creator is not None else stream.creator_id
            yield Room(
                key=f"stream {stream.id}",
                kind="open" if stream.invite_only is False else "closed",
                name=_name_of(stream),
                topic=mentions.typed(stream.description or ""),
                members=tuple(dict.fromkeys(self._members.get(recipients.get(stream.id, 0), ()))),
                created_at=at_seconds(stream.date_created),
                is_archived=stream.deactivated or _ARCHIVED.match(stream.name) is not None,
                creator=None if creator is None else str(creator),
            )

    def records_of(self, posted: Posted) -> Iterator[Record]:
        at = at_seconds(posted.date_sent or posted.pub_date)
        recipient = self._recipients.get(posted.recipient)
        if at is None or recipient is None:
            yield LeftOut("messages without a time" if at is None else "messages whose room the export does not have")
            return
        if recipient.type == _STREAM:
            room = f"stream {recipient.type_id}"
        else:
            people = self._members.get(recipient.id, []) if recipient.type == _GROUP else [str(recipient.type_id)]
            members = sorted({*people, str(posted.sender)}, key=int)
            room = f"direct {','.join(members)}"
            if room not in self._directs:
                self._directs.add(room)
                yield Room(key=room, kind="direct", members=tuple(members))
        yield from self._left_of(posted)
        if posted.id in self._reactions:
            self._seen.add(posted.id)
        yield self._message(posted, room, at)

    def unseen(self) -> Iterator[LeftOut]:
        """The reactions to messages that did not come."""
        count = sum(len(each) for id, each in self._reactions.items() if id not in self._seen) + self._left.total()
        if count:
            yield LeftOut("reactions to messages that the export does not have", count)

    def _message(self, posted: Posted, room: str, at: datetime) -> Message:
        answer = answered(mentions.typed(posted.content), room)
        files = self._files.get(posted.id, [])
        around = Around({each.path_id: each.file_name for each in files}, emoji_in(posted.rendered_content or ""))
        text = self._names.converted(answer.text, around).strip("\n")
        return Message(
            room=room,
            key=str(posted.id),
            author=str(posted.sender),
            at=at,
            text=self._topic_before(posted, room) + text,
            order=posted.id,
            reply_to=str(answer.to) if answer.to is not None else None,
            edited_at=_edited_at(posted),
            reactions=tuple(dict.fromkeys(self._reactions.get(posted.id, ()))),
            files=tuple(self._file(each) for each in files),
        )

    def _topic_before(self, posted: Posted, room: str) -> str:
        topic = "" if posted.subject in _NO_TOPIC else posted.subject.strip()
        if not room.startswith("stream ") or self._topics.get(room, "") == topic:
            return ""
        self._topics[room] = topic
        return heading(topic)

    def _left_of(self, posted: Posted) -> Iterator[LeftOut]:
        if pictures := self._left.pop(posted.id, 0):
            yield LeftOut("reactions with pictures of the team's own", pictures)

    def _file(self, attachment: Attachment) -> File:
        place = posixpath.join(self._root, "uploads", attachment.path_id)
        name = attachment.file_name or posixpath.basename(attachment.path_id)
        return File(name, open=partial(self._archive.open, place) if place in self._archive else None)


def _users(realm: Realm) -> list[Account]:
    return [*realm.zerver_userprofile, *realm.zerver_userprofile_crossrealm, *realm.zerver_userprofile_mirrordummy]


def _unique(realm: Realm) -> dict[str, str]:
    """Whom a full name means; not those that mean two."""
    meant: dict[str, set[str]] = {}
    for user in _users(realm):
        meant.setdefault(user.full_name, set()).add(str(user.id))
    return {name: min(keys) for name, keys in meant.items() if len(keys) == 1}


def _streams(realm: Realm) -> dict[str, str]:
    return {_name_of(stream): f"stream {stream.id}" for stream in realm.zerver_stream}


def _name_of(stream: Stream) -> str:
    return _ARCHIVED.sub("", stream.name, count=1)


def _edited_at(posted: Posted) -> datetime | None:
    """When the text was edited last; that a message moved to another topic stands in the same history."""
    try:
        edits = shapes.decode_edits(posted.edit_history or "[]")
    except msgspec.DecodeError:
        return at_seconds(posted.last_edit_time)
    times = [edit.timestamp or posted.last_edit_time for edit in edits if edit.prev_content is not None]
    return at_seconds(max((each for each in times if each), default=None))
