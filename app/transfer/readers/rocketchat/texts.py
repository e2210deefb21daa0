"""What Rocket.Chat's markup becomes in Parley's. Pure."""

import re
from collections.abc import Collection, Container, Mapping
from typing import NamedTuple

from app.transfer import mentions
from app.transfer.readers import markup
from app.transfer.readers.attached import said, word
from app.transfer.readers.emoji_names import with_emoji
from app.transfer.readers.inline import no_call
from app.transfer.readers.rocketchat.shapes import Posted

_QUOTED = re.compile(
    r"\s*\[[ \u00a0]?\]\((?P<link>[^\s()]*?/(?P<room>[^\s()/?]+)\?[^\s()]*?\bmsg=(?P<id>[\w-]+)[^\s()]*)\)[ \n]?"
)
_BOLD = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*(?![\w*])")
_ITALIC = re.compile(r"(?<![\w_/])__(?=[^\s_])([^_\n]+?)(?<=[^\s_])__(?![\w_])")
_LABELLED = re.compile(r"<(?P<href>https?://[^\s<>|]+)\|(?P<label>[^<>|\n]+)>")
_STRIKE = re.compile(r"(?<![\w~])~(?=[^\s~])([^~\n]+?)(?<=[^\s~])~(?![\w~])")
_CALL = re.compile(r"(?<![\w.@/-])@([\w.-]+)")
_ROOM = re.compile(r"(?<![\w/#&])#([\w.-]+)")


class Answer(NamedTuple):
    """A text without the links to what it quotes; the message of its own room that it answers, and other quotes."""

    text: str
    to: str | None
    quotes: tuple[str, ...]


def answered(posted: Posted, here: Collection[str | None]) -> Answer:
    """Who quotes begins with a link without a label to the message; `here` are the id and the names of the room."""
    text, to = mentions.typed(posted.msg or "").replace("\0", ""), None
    quoted = {word(each.get("message_link")): word(each.get("text")) for each in posted.attachments or ()}
    quotes: list[str] = []
    while found := _QUOTED.match(text):
        text = text[found.end() :]
        if to is None and found["room"] in here:
            to = found["id"]
        else:
            quotes.append(mentions.typed(quoted.get(found["link"], "")) or found["link"])
    return Answer(text, to, tuple(quotes))


def attached(posted: Posted) -> list[str]:
    """What is written in attachments: a file's description, or what a program wrote. Quotes are not written there.

    Of a file that the message does not name, it is what it is called.
    """
    parts = []
    for each in posted.attachments or ():
        if each.get("message_link"):
            continue
        is_file = word(each.get("title_link")).startswith("/file-upload/") or posted.file is not None
        if is_file and not (posted.file or posted.files):
            parts.append(word(each.get("title")))
        parts.append(word(each.get("description")) if is_file else said(each))
    if posted.location:
        longitude, latitude = posted.location.coordinates
        parts.append(f"{latitude}, {longitude}")
    return [mentions.typed(part) for part in parts if part]


class Names:
    """Whom and what the mentions of one message mean; `people` are the keys of those whom the export has.

    A team may be mentioned, too, or somebody whose account is no more.
    """

    def __init__(self, posted: Posted, people: Container[str]) -> None:
        self._people: Mapping[str, str] = {
            each.username: str(each.key) for each in posted.mentions or () if each.username and each.key
        }
        self._known = people
        self._rooms = {each.name: str(each.key) for each in posted.channels or () if each.name and each.key}

    def converted(self, text: str) -> str:
        """A text in Parley's markup."""
        return markup.outside_code(text, self._outside_code)

    def _outside_code(self, text: str) -> str:
        text = _LABELLED.sub(lambda found: markup.link(found["label"], found["href"]), text)
        text = _STRIKE.sub(r"~~\1~~", _ITALIC.sub(r"_\1_", _BOLD.sub(r"**\1**", text)))
        text = _CALL.sub(self._call, with_emoji(markup.from_markdown(text), "rocketchat"))
        return _ROOM.sub(self._room, text)

    def _call(self, found: re.Match[str]) -> str:
        name = _longest(found[1], self._people)
        if name is None:
            return found[0]
        key = self._people[name]
        if key in ("all", "here"):
            called = "@all"
        else:
            called = mentions.person(key) if key in self._known else no_call(name).text
        return called + found[1][len(name) :]

    def _room(self, found: re.Match[str]) -> str:
        name = _longest(found[1], self._rooms)
        return found[0] if name is None else mentions.room(self._rooms[name]) + found[1][len(name) :]


def _longest(typed: str, names: Mapping[str, str]) -> str | None:
    """The name that was typed, which may end before a dot or a dash of the sentence."""
    while typed not in names:
        if not typed or typed[-1] not in ".-_":
            return None
        typed = typed[:-1]
    return typed
