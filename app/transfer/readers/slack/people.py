"""The people of an export: those of its list, and those that only their messages describe."""

from collections.abc import Iterator
from functools import partial
from typing import IO, Any

import msgspec

from app.transfer.readers.archive import Archive
from app.transfer.readers.slack.mrkdwn import plain
from app.transfer.readers.slack.names import Names
from app.transfer.readers.slack.shapes import SlackMessage, field, word
from app.transfer.records import Person

_SLACKBOT = "USLACKBOT"
NOBODY = "nobody"  # the author of what has none


def avatars_in(archive: Archive) -> dict[str, "partial[IO[bytes]]"]:
    """The pictures of people that slackdump saved, as `__avatars/ID/NAME`; Slack's own exports have but addresses."""
    found: dict[str, partial[IO[bytes]]] = {}
    for path in archive:
        parts = path.split("/")
        if len(parts) > 2 and parts[-3] == "__avatars":
            found.setdefault(parts[-2], partial(archive.open, path))
    return found


def people_in(found: Any, names: Names) -> Iterator[Person]:
    """The people of users.json. Whoever administers Slack administers nothing here, until somebody says so."""
    for user in found if isinstance(found, list) else ():
        key = word(field(user, "id"))
        if not key:
            names.left_out["people without an id"] += 1
        elif key not in names.people:
            names.people.add(key)
            name = _name(user.get("profile")) or plain(word(user.get("real_name")))
            email = word(field(user, "profile", "email")) or None
            yield Person(key, word(user.get("name")), name, email, _kind(user), avatar=names.avatars.get(key))


def _kind(user: dict[str, Any]) -> Any:
    if user.get("is_bot") or user.get("id") == _SLACKBOT:
        return "bot"
    return "gone" if user.get("deleted") or user.get("is_stranger") else "person"


def _name(profile: Any) -> str:
    """Slack escapes names as it does texts."""
    return plain(word(field(profile, "display_name")).strip() or word(field(profile, "real_name")).strip())


def author_of(message: SlackMessage) -> str:
    """Who wrote a message. A bot without an account is another one under each name that it takes."""
    if message.subtype is None and message.user:
        return message.user
    room_creator = word(field(message.room, "created_by"))
    if message.subtype == "huddle_thread" and room_creator:
        return room_creator
    if message.subtype == "file_comment" and (commented := word(field(message.comment, "user"))):
        return commented
    if message.user:
        return message.user
    bot, name = message.bot_id or "", message.username
    return (f"{bot}/{name}" if name else bot) or word(field(message.comment, "user")) or NOBODY


def described(message: SlackMessage, author: str, names: Names) -> Iterator[Person]:
    """The author of a message, if nothing has described them yet and this message does."""
    if author in names.people or author == NOBODY:
        return
    if author == _SLACKBOT:
        names.people.add(author)
        yield Person(author, "slackbot", "Slackbot", kind="bot")
    elif message.bot_id and (author != message.user or field(message.bot_profile, "name")):
        names.people.add(author)
        name = plain(message.username or word(field(message.bot_profile, "name")))
        yield Person(author, "", name or "Bot", kind="bot")
    elif author == message.user and (name := _name(profile := _profile(message)) or _login(profile)):
        names.people.add(author)
        yield Person(author, _login(profile), name, kind="gone")
    elif author == message.user and message.username:
        names.labels.setdefault(author, plain(message.username))


def _profile(message: SlackMessage) -> Any:
    return msgspec.json.decode(message.user_profile)


def _login(profile: Any) -> str:
    return word(field(profile, "name"))


def labelled(names: Names) -> Iterator[Person]:
    """Those of whom a mention alone says the name."""
    for key, label in names.labels.items():
        if key not in names.people:
            names.people.add(key)
            yield Person(key, "", label, kind="gone")
