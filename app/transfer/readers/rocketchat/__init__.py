"""Rocket.Chat's database as mongodump writes it: a folder of BSON files, also as a tar or a zip, also with --gzip."""

from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from app.transfer import mentions
from app.transfer.readers.emoji_names import emoji_of
from app.transfer.readers.fitting import Fitting, why_none
from app.transfer.readers.markup import quote
from app.transfer.readers.opened import opened
from app.transfer.readers.phrases import DESCRIPTIONS, PINS
from app.transfer.readers.rocketchat.dump import Dump, StoredFiles
from app.transfer.readers.rocketchat.shapes import (
    Account,
    Avatar,
    Conversation,
    FileOf,
    Posted,
    Subscription,
    Who,
)
from app.transfer.readers.rocketchat.texts import Names, answered, attached
from app.transfer.records import BadExport, File, LeftOut, Message, Person, Reaction, Record, Room

_KINDS = {"c": "open", "p": "closed", "d": "direct", "l": "closed"}
_NEEDED = ("users", "rocketchat_room", "rocketchat_message")


def read(path: Path) -> Iterator[Record]:
    """Read a dump.

    Raises:
        BadExport: a collection is missing, or is no BSON.
    """
    with opened(path) as archive:
        dump = Dump(archive)
        missing = [name for name in _NEEDED if name not in dump]
        if missing:
            raise BadExport(f"{path.name} has no {missing[0]}.bson: it is no dump of Rocket.Chat's database.")
        reading = _Reading(dump)
        yield from reading.people()
        yield from reading.rooms()
        messages = Fitting("messages", Posted)
        for posted in dump.documents("rocketchat_message", messages):
            yield from reading.records_of(posted)
        if why := why_none(messages):
            raise BadExport(f"{path.name} is not as Rocket.Chat writes it: {why}.")
        for fitting in (*reading.fittings, messages):
            yield from fitting.left_out()


class _Reading:
    """People by username and rooms by id, whom and which messages name; then the messages, in no order."""

    def __init__(self, dump: Dump) -> None:
        self._dump = dump
        self._people, self._conversations = Fitting("people", Account), Fitting("rooms", Conversation)
        self._seats, self._avatars = Fitting("memberships", Subscription), Fitting("pictures of people", Avatar)
        self.fittings: list[Fitting[Any]] = [self._people, self._conversations, self._seats, self._avatars]
        self._keys: dict[str, str] = {}
        self._met: set[str] = set()
        self._rooms: dict[str, set[str | None]] = {}  # what addresses call each
        self._files, self._pictures = StoredFiles(dump, "uploads"), StoredFiles(dump, "avatars")
        self._order = 0

    def people(self) -> Iterator[Record]:
        avatars = {
            each.user: self._pictures.opener(str(each.key))
            for each in self._dump.documents("rocketchat_avatars", self._avatars)
            if each.user
        }
        for user in self._dump.documents("users", self._people):
            key = str(user.key)
            self._met.add(key)
            if user.username:
                self._keys[user.username] = key
            is_bot, is_person = user.type in ("bot", "app"), user.type in ("user", None) and user.active is not False
            yield Person(
                key=key,
                login=user.username or "",
                name=user.name or "",
                email=next((each.address for each in user.emails or () if each.address), None),
                kind="bot" if is_bot else "person" if is_person else "gone",
                is_admin="admin" in (user.roles or ()),
                avatar=avatars.get(key),
            )

    def rooms(self) -> Iterator[Record]:
        members: dict[str, dict[str, None]] = {}
        for seat in self._dump.documents("rocketchat_subscription", self._seats):
            if seat.u.key is not None:
                members.setdefault(seat.rid, {})[str(seat.u.key)] = None
        for room in self._dump.documents("rocketchat_room", self._conversations):
            if room.t not in _KINDS:
                yield LeftOut("rooms of kinds that Parley does not have")
                continue
            self._rooms[str(room.key)] = {str(room.key), room.name, room.fname, *self._called(room)}
            if room.t != "d" and (more := len([*filter(None, _topics(room))]) - 1) > 0:
                yield LeftOut(DESCRIPTIONS, more)
            yield self._room(room, tuple(members.get(str(room.key), ())))

    def _room(self, room: Conversation, members: tuple[str, ...]) -> Room:
        is_direct = room.t == "d"
        if is_direct:
            named = [key for name in room.usernames or () if (key := self._keys.get(name))]
            members = tuple(dict.fromkeys([*(room.uids or named), *members]))
        return Room(
            key=str(room.key),
            kind="direct" if is_direct else "open" if room.t == "c" else "closed",
            name="" if is_direct else room.fname or room.name or "",
            topic="" if is_direct else mentions.typed(next(filter(None, _topics(room)), "")),
            members=members,
            created_at=room.ts,
            is_archived=bool(room.archived),
            creator=str(room.u.key) if room.u and room.u.key is not None else None,
        )

    def records_of(self, posted: Posted) -> Iterator[Record]:
        if posted.ts is None or posted.rid is None or posted.rid not in self._rooms:
            yield LeftOut("messages without a time or a room")
        elif posted.t == "e2e":
            yield LeftOut("messages that are encrypted")
        elif posted.is_hidden and posted.parent:
            yield LeftOut("old versions of messages that were edited")
        elif posted.t and posted.t != "rm":
            yield LeftOut("joins, topics and other notices")
        else:
            author = self._author(posted)
            if author.key not in self._met:
                self._met.add(author.key)
                yield author
            yield from self._reacted(posted)
            if posted.pinned:
                yield LeftOut(PINS)
            if posted.blocks:
                yield LeftOut("blocks in which apps show something", len(posted.blocks))
            yield self._message(posted, posted.rid, posted.ts, author.key)

    def _author(self, posted: Posted) -> Person:
        """Whom a message is by; what is written under another name, as programs do, is of a bot of that name."""
        who = posted.u or Who()
        is_other = not posted.token and posted.alias not in (who.name, who.username)
        if posted.alias and (posted.bot or is_other):
            return Person(f"bot {posted.alias}", name=posted.alias, kind="bot")
        key = who.key if who.key is not None else self._keys.get(who.username or "") or f"name {who.username or ''}"
        return Person(str(key), login=who.username or "", name=who.name or who.username or "", kind="gone")

    def _message(self, posted: Posted, room: str, at: datetime, author: str) -> Message:
        self._order += 1
        place = room, str(posted.key), author, at
        if posted.t == "rm" or posted.is_hidden:
            gone_at = posted.edited_at
            return Message(*place, "", self._order, reply_to=posted.tmid, is_deleted=True, deleted_at=gone_at)
        text, to = self._text(posted, self._rooms[room])
        return Message(
            *(*place, text, self._order),
            reply_to=to or posted.tmid,
            edited_at=posted.edited_at,
            reactions=tuple(dict.fromkeys(self._reactions(posted))),
            files=tuple(self._files_of(posted)),
        )

    def _text(self, posted: Posted, here: Collection[str | None]) -> tuple[str, str | None]:
        answer, names = answered(posted, here), Names(posted, self._met)
        parts = [*map(quote, answer.quotes), answer.text, *attached(posted)]
        return "\n".join(names.converted(part) for part in parts if part), answer.to

    def _called(self, room: Conversation) -> Iterator[str]:
        """What addresses have for a direct room: the name of the other one, or nothing but that it is one."""
        if room.t == "d":
            yield "direct"
            yield from room.usernames or (name for name, key in self._keys.items() if key in (room.uids or ()))

    def _reacted(self, posted: Posted) -> Iterator[Record]:
        """Who reacted under a name that nobody has any more, and what has no emoji."""
        for name, reacted in (posted.reactions or {}).items():
            usernames = reacted.usernames or []
            if emoji_of(name, "rocketchat") is None:
                yield LeftOut("reactions with pictures of the team's own", max(len(usernames), 1))
                continue
            for username in usernames:
                if username not in self._keys:
                    self._keys[username] = key = f"name {username}"
                    self._met.add(key)
                    yield Person(key, name=username, kind="gone")

    def _reactions(self, posted: Posted) -> Iterator[Reaction]:
        for name, reacted in (posted.reactions or {}).items():
            if emoji := emoji_of(name, "rocketchat"):
                yield from (Reaction(emoji, self._keys[username]) for username in reacted.usernames or ())

    def _files_of(self, posted: Posted) -> Iterator[File]:
        """A picture has a second, smaller file, which was made of it."""
        for key, each in {str(each.key): each for each in (posted.file, *(posted.files or ())) if each}.items():
            if not _is_thumbnail(each):
                yield File(each.name or key, each.type or "", self._files.opener(key))


def _topics(room: Conversation) -> tuple[str | None, ...]:
    return room.topic, room.description, room.announcement


def _is_thumbnail(file: FileOf) -> bool:
    return file.group == "thumb" or (file.group is None and (file.name or "").startswith("thumb-"))
