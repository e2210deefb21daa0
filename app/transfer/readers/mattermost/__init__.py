"""Mattermost's bulk export: a zip or folder with `import.jsonl` and `data/`, or the JSON Lines alone.

It has no ids. A person is one by the username, a room by its team and name, a direct room by its people; a post by its
room, its millisecond and its author.
"""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO

from app.transfer import mentions
from app.transfer.readers.archive import Archive
from app.transfer.readers.emoji_names import emoji_of
from app.transfer.readers.mattermost.shapes import Account, Line, Lines, Post, TeamChannel
from app.transfer.readers.mattermost.texts import Names
from app.transfer.readers.opened import names_in, opened
from app.transfer.readers.phrases import DESCRIPTIONS, PINS
from app.transfer.readers.times import at_ms
from app.transfer.records import BadExport, File, LeftOut, Message, Person, Reaction, Record, Room

# What old exports, which do not say of which type a post is, have for people coming and going.
_OLD_NOTICE = re.compile(
    r"(?P<who>\S+) (?:has )?(?:joined|left) the (?:channel|team)\."
    r"|\S+ (?:was )?(?:added to|removed from) the (?:channel|team) by (?P<by>\S+)\."
)


_PASSED = {"version", "role", "scheme", "team", "emoji", "custom_emoji"}


def read(path: Path) -> Iterator[Record]:
    """Read a bulk export.

    Raises:
        BadExport: it is none, or a line of it cannot be read.
    """
    with opened(path) as archive:
        name = _name_of_lines(path, archive)
        with archive.open(name) as lines:
            yield from _Reading(archive, name.rpartition("/")[0]).records(lines)


def _name_of_lines(path: Path, archive: Archive) -> str:
    names = names_in(archive)
    for ending in ("import.jsonl", ".jsonl", ".json", ""):
        found = [each for each in names if each.endswith(ending) and "/data/" not in f"/{each}"]
        if found and (ending or found == [path.name]):
            return min(found, key=lambda each: each.count("/"))
    raise BadExport(f"{path.name} has no import.jsonl: it is no bulk export of Mattermost.")


class _Reading:
    """What was read of one export: people and rooms come before posts, so mentions can be found in these."""

    def __init__(self, archive: Archive, root: str) -> None:
        self._archive, self._root = archive, f"{root}/" if root else ""
        self._people: set[str] = set()
        self._channels: dict[str, TeamChannel] = {}
        self._members: dict[str, list[str]] = {}
        self._directs: set[str] = set()
        self._posts: set[int] = set()
        self._names = Names(self._people, self._channels)
        self._order = 0

    def records(self, file: IO[bytes]) -> Iterator[Record]:
        lines, are_rooms_out = Lines(file), False
        each = iter(lines)
        first = next(each, None)
        if first is None or first.type != "version":
            raise BadExport("The first line has no version: it is no bulk export of Mattermost.")
        for line in each:
            if not are_rooms_out and (line.post or line.direct_channel or line.direct_post):
                are_rooms_out = True
                yield from self._rooms()
            yield from self._records_of(line)
        if not are_rooms_out:
            yield from self._rooms()
        yield from lines.left_out()

    def _records_of(self, line: Line) -> Iterator[Record]:
        if line.user:
            yield self._person(line.user, is_bot=False)
        elif line.bot:
            yield self._person(line.bot, is_bot=True)
        elif line.channel:
            self._channels[f"{line.channel.team}/{line.channel.name}"] = line.channel
        elif line.direct_channel:
            direct = line.direct_channel
            people = tuple(each.username for each in direct.participants or ())
            yield from self._direct(direct.members or people)
        elif line.post and (line.post.team is None or line.post.channel is None):
            yield LeftOut("posts without a room")
        elif line.post:
            yield from self._posted(line.post, f"{line.post.team}/{line.post.channel}")
        elif line.direct_post:
            members = line.direct_post.channel_members or ()
            yield from self._direct(members, is_counted=False)
            if members:
                yield from self._posted(line.direct_post, _direct_key(members))
            else:
                yield LeftOut("direct messages whose people the export does not have")
        elif line.type not in _PASSED:
            yield LeftOut(f"lines of the type “{line.type}”")

    def _person(self, user: Account, *, is_bot: bool) -> Person:
        self._people.add(user.username)
        for team in user.teams or ():
            for channel in team.channels or ():
                self._members.setdefault(f"{team.name}/{channel.name}", []).append(user.username)
        whole = f"{user.first_name or ''} {user.last_name or ''}".strip()
        return Person(
            key=user.username,
            login=user.username,
            name=user.nickname or whole or user.display_name or "",
            email=user.email or None,
            kind="bot" if is_bot else "gone" if user.delete_at else "person",
            is_admin="system_admin" in (user.roles or "").split(),
            avatar=self._opener(user.profile_image),
        )

    def _rooms(self) -> Iterator[Record]:
        for key, channel in self._channels.items():
            if channel.header and channel.purpose:
                yield LeftOut(DESCRIPTIONS)
            yield Room(
                key=key,
                kind="open" if channel.type == "O" else "closed",
                name=channel.display_name or channel.name,
                topic=mentions.typed(channel.header or channel.purpose or ""),
                members=tuple(dict.fromkeys(self._members.get(key, ()))),
                is_archived=bool(channel.deleted_at),
            )

    def _direct(self, members: tuple[str, ...], *, is_counted: bool = True) -> Iterator[Record]:
        key = _direct_key(members)
        if not members and is_counted:
            yield LeftOut("direct rooms without people")
        elif members and key not in self._directs:
            self._directs.add(key)
            yield Room(key=key, kind="direct", members=tuple(sorted(set(members))))

    def _posted(self, post: Post, room: str, root: str | None = None) -> Iterator[Record]:
        key = self._key(post, room)
        if (post.type or "").startswith("system_") or _is_old_notice(post):
            yield LeftOut("joins, topics and other notices")
        else:
            yield from self._message(post, room, key, root)
        for reply in post.replies or ():
            yield from self._posted(reply, room, key)

    def _message(self, post: Post, room: str, key: str, root: str | None) -> Iterator[Record]:
        at = at_ms(post.create_at)
        if at is None:
            yield LeftOut("messages without a time")
            return
        bot = _webhook(post)
        if bot is not None and bot.key not in self._people:
            self._people.add(bot.key)
            yield bot
        kept = {
            (char, each.user): at_ms(each.create_at)
            for each in reversed(post.reactions or ())  # of two names of one emoji, the first is kept
            if (char := emoji_of(each.emoji_name, "mattermost"))
        }
        pictures = sum(emoji_of(each.emoji_name, "mattermost") is None for each in post.reactions or ())
        if pictures:
            yield LeftOut("reactions with pictures of the team's own", pictures)
        if post.is_pinned:
            yield LeftOut(PINS)
        self._order += 1
        yield Message(
            room=room,
            key=key,
            author=bot.key if bot else post.user,
            at=at,
            text=self._names.text_of(post, room.partition("/")[0]),
            order=self._order,
            reply_to=root,
            edited_at=at_ms(post.edit_at),
            reactions=tuple(Reaction(char, user, at) for (char, user), at in sorted(kept.items())),
            files=tuple(self._file(each.path) for each in post.attachments or () if each.path),
        )

    def _key(self, post: Post, room: str) -> str:
        """Two posts of somebody in one millisecond are told apart by their order, which is that of their ids."""
        key, n = f"{post.create_at}-{post.user}", 1
        while (mark := hash((room, key, n))) in self._posts:
            n += 1
        self._posts.add(mark)
        return key if n == 1 else f"{key}-{n}"

    def _file(self, path: str) -> File:
        return File(path.rpartition("/")[2], open=self._opener(path))

    def _opener(self, path: str | None) -> "partial[IO[bytes]] | None":
        places = (f"{self._root}data/{path}", f"{self._root}{path}") if path else ()
        return next((partial(self._archive.open, place) for place in places if place in self._archive), None)


def _direct_key(members: tuple[str, ...]) -> str:
    return ",".join(sorted(set(members)))


def _is_old_notice(post: Post) -> bool:
    found = _OLD_NOTICE.fullmatch(post.message or "") if post.type is None else None
    return found is not None and post.user in (found["who"], found["by"])


def _webhook(post: Post) -> Person | None:
    """Whom a post names as its author when a program wrote it in somebody's name."""
    props = post.props or {}
    name = props.get("override_username")
    if str(props.get("from_webhook")).lower() != "true" or not isinstance(name, str) or not name:
        return None
    return Person(key=f"webhook {name}", name=name, kind="bot")
