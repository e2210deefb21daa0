"""DiscordChatExporter's JSON: one file a channel or thread, or a part of one; a file alone, a folder or a zip.

The export says neither who may read a channel nor who is in it. A channel of a server becomes a closed room of those
who wrote there: nobody may read more in Parley than on Discord.
"""

import posixpath
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO

import msgspec

from app.transfer import mentions
from app.transfer.readers.archive import Archive
from app.transfer.readers.discord import texts
from app.transfer.readers.discord.shapes import Account, Attachment, GuildChannel, Posted
from app.transfer.readers.fitting import Fitting, why_none
from app.transfer.readers.opened import names_in, opened, unpacked
from app.transfer.readers.phrases import ELSEWHERE, PINS
from app.transfer.readers.streaming import JsonReader, NoJson
from app.transfer.readers.times import at_iso
from app.transfer.records import BadExport, File, LeftOut, Message, Person, Reaction, Record, Room

# What people and programs write; the numbers are those of types that the exporter has no name for.
_WRITTEN = {"Default", "Reply", "0", "19", "20", "23"}
_REPLIES = {"Reply", "19"}
_BEGIN = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"guild"\s*:')
_HEAD_BYTES = 4096
_NOBODY_S = re.compile(r"(?:^|[\\/])[0-5](?:-[0-9A-Fa-f]+)?\.png\Z")  # a picture that Discord gives who has none
_DELETED = re.compile(r"Deleted User|deleted_user_\w+", re.IGNORECASE)


def read(path: Path) -> Iterator[Record]:
    """Read the files of an export.

    Raises:
        BadExport: there is none, or one was broken off.
    """
    with opened(path) as archive:
        names = [name for name in names_in(archive) if name.endswith(".json") or name == path.name]
        reading = _Reading(archive)
        found = [name for name in names if reading.look_at(name)]
        if why := why_none(reading.posted):
            raise BadExport(f"{path.name} is not as DiscordChatExporter writes it: {why}.")
        if not found:
            raise BadExport(f"{path.name} has no file as DiscordChatExporter writes it with “JSON” as its format.")
        yield from [*reading.channels.left_out(), *reading.posted.left_out()]  # before all is read once more
        yield from reading.people.values()
        yield from reading.rooms()
        for name in found:
            yield from reading.messages(name)


class _Reading:
    """Looks at all files first, for who and what is named in them; then reads one after the other."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.people: dict[str, Person] = {}
        self._roles = texts.Roles()
        self._channels: dict[str, GuildChannel] = {}
        self._members: dict[str, dict[str, None]] = {}
        self._files: dict[str, str] = {}  # by their names, the channels that they are of
        self._read: dict[str, set[int | str]] = {}
        self.channels, self.posted = Fitting("channels", GuildChannel), Fitting("messages", Posted)

    def look_at(self, name: str) -> bool:
        """Whether a file is an export; then who is in it is kept."""
        members, channel = dict[str, None](), None
        for found in self._documents(name):
            if isinstance(found, GuildChannel):
                channel = found
                continue
            members[found.author.key] = None
            for user in _users_of(found):
                self._meet(user, posixpath.dirname(name))
        if channel is None:
            return False
        self._files[name] = channel.id
        self._members.setdefault(channel.id, {}).update(members)
        self._channels.setdefault(channel.id, channel)
        return True

    def _documents(self, name: str) -> Iterator[GuildChannel | Posted]:
        """The channel and the messages of a file; nothing where it is not the exporter's."""
        with unpacked(self._archive, name) as file:
            head = file.read(_HEAD_BYTES)
            if not _BEGIN.match(head):
                return
            reader = JsonReader(file, head)
            try:
                for key in reader.members():
                    if key == "channel" and (channel := self.channels.decoded(reader.value())):
                        yield channel
                    for _ in reader.elements() if key == "messages" else ():
                        if posted := self.posted.decoded(reader.value()):
                            yield posted
                reader.end()
            except (NoJson, msgspec.DecodeError, UnicodeDecodeError) as error:
                raise BadExport(f"{name} is broken off; export that channel again.") from error

    def _meet(self, user: Account, folder: str) -> None:
        self._roles.names.update((role.id, role.name) for role in user.roles or ())
        if user.key not in self.people:
            picture = user.avatar_url or ""
            self.people[user.key] = Person(
                user.key,
                login=user.name,
                name=user.nickname or user.name,
                kind="bot" if user.is_bot else "gone" if _DELETED.fullmatch(user.name) else "person",
                avatar=None if _NOBODY_S.search(picture) else self._opener(picture, folder),
            )

    def rooms(self) -> Iterator[Record]:
        for key, channel in self._channels.items():
            members = tuple(self._members[key])
            name = channel.name or ""
            if channel.type == "DirectTextChat" and len(members) == 1:
                # Only one of the two wrote; of the other the export has at most a name.
                other = Person(f"other {key}", name="" if self.people[members[0]].name == name else name, kind="gone")
                yield other
                members += (other.key,)
            if "Thread" in channel.type and channel.category:
                name = f"{channel.category} – {name}"
            # Of a group nobody knows who is in it: it must not be the direct room of the two who wrote.
            is_direct = channel.type == "DirectTextChat"
            yield Room(
                key=key,
                kind="direct" if is_direct else "closed",
                name="" if is_direct else name,
                topic=texts.Names(self._channels, self._roles, []).converted(mentions.typed(channel.topic or "")),
                members=members,
            )

    def messages(self, name: str) -> Iterator[Record]:
        room = self._files[name]
        is_alone = [*self._files.values()].count(room) == 1
        read = self._read.setdefault(room, set())
        for posted in self._documents(name):
            if isinstance(posted, GuildChannel):
                continue
            id = int(posted.id) if posted.id.isdecimal() else posted.id  # there may be a million of them
            if id not in read:  # the same channel may have been exported twice
                if not is_alone:
                    read.add(id)
                yield from self._records_of(posted, room, posixpath.dirname(name))

    def _records_of(self, posted: Posted, room: str, folder: str) -> Iterator[Record]:
        at = at_iso(posted.timestamp)
        if posted.type not in _WRITTEN:
            yield LeftOut("joins, pins and other notices")
            return
        names = texts.Names(self._channels, self._roles, posted.mentions or [])
        text, attachments = texts.text_of(posted, names), [*(posted.attachments or ())]
        if posted.forwarded_message:
            attachments += posted.forwarded_message.attachments or ()
        if at is None or not (text.strip() or attachments):
            yield LeftOut("messages without a time" if at is None else "polls and others without a text")
            return
        reactions = tuple(
            Reaction(each.emoji.name, user.id)
            for each in posted.reactions or ()
            if not each.emoji.id
            for user in each.users or ()
        )
        yield from _left_of(posted, room)
        yield Message(
            room=room,
            key=posted.id,
            author=posted.author.key,
            at=at,
            text=text,
            order=int(posted.id) if posted.id.isdecimal() else 0,
            reply_to=_answered(posted, room),
            edited_at=at_iso(posted.timestamp_edited),
            reactions=tuple(dict.fromkeys(reactions)),
            files=tuple(self._file(each, folder) for each in attachments),
        )

    def _file(self, attachment: Attachment, folder: str) -> File:
        name = attachment.file_name or posixpath.basename(attachment.url.replace("\\", "/").partition("?")[0])
        return File(name, open=self._opener(attachment.url, folder))

    def _opener(self, url: str, folder: str) -> "partial[IO[bytes]] | None":
        """Opens what was saved beside a file; None for an address."""
        place = posixpath.normpath(posixpath.join(folder, url.replace("\\", "/")))
        return partial(self._archive.open, place) if "://" not in url and place in self._archive else None


def _users_of(posted: Posted) -> Iterator[Account]:
    yield posted.author
    yield from posted.mentions or ()
    for reacted in posted.reactions or ():
        yield from reacted.users or ()


def _answered(posted: Posted, room: str) -> str | None:
    """Pins, threads and forwards refer to messages, too; only a reply answers one."""
    to = posted.reference
    if to is None or posted.type not in _REPLIES or to.type == "Forward" or to.channel_id not in (room, None):
        return None
    return to.message_id


def _left_of(posted: Posted, room: str) -> Iterator[LeftOut]:
    if posted.is_pinned:
        yield LeftOut(PINS)
    if posted.reference and posted.type in _REPLIES and posted.reference.channel_id not in (room, None):
        yield LeftOut(ELSEWHERE)
    for reacted in posted.reactions or ():
        unnamed = reacted.count - len(reacted.users or ())
        if reacted.emoji.id:
            yield LeftOut("reactions with pictures of the server's own", max(reacted.count, 1))
        elif unnamed > 0:
            yield LeftOut("reactions of people whom the export does not name", unnamed)
