"""What Mattermost's Markdown becomes in Parley's markup. Pure."""

import re
from collections.abc import Container

from app.transfer import mentions
from app.transfer.readers import markup
from app.transfer.readers.attached import objects, said
from app.transfer.readers.emoji_names import with_emoji
from app.transfer.readers.mattermost.shapes import Post

_EVERYBODY = {"all", "channel", "here"}
_CALL = re.compile(r"(?<![\w.@/-])@([a-z0-9][a-z0-9._-]*)", re.IGNORECASE)
_CHANNEL = re.compile(r"(?<![\w~])~([a-z0-9][a-z0-9_-]*)", re.IGNORECASE)
_UNDERLINED = re.compile(r"(?<![\w_])__(?=[^\s_])(.+?)(?<=[^\s_])__(?![\w_])")


class Names:
    """Whom and what mentions mean: usernames, and rooms by team and name."""

    def __init__(self, people: Container[str], rooms: Container[str]) -> None:
        self._people, self._rooms = people, rooms

    def text_of(self, post: Post, team: str) -> str:
        """The text of a post, and behind it what a program wrote into attachments."""
        attached = [said(each) for each in objects((post.props or {}).get("attachments"))]
        parts = [
            markup.outside_code(mentions.typed(part), lambda text: self._converted(text, team))
            for part in (post.message, *attached)
            if part
        ]
        return "\n".join(parts)

    def _converted(self, text: str, team: str) -> str:
        text = markup.from_markdown(_UNDERLINED.sub(r"**\1**", with_emoji(text, "mattermost")))
        text = _CALL.sub(self._call, text)
        return _CHANNEL.sub(lambda found: self._channel(found, team), text)

    def _call(self, found: re.Match[str]) -> str:
        name = found[1].lower()
        while name and name not in self._people and name not in _EVERYBODY:
            if name[-1] not in "._-":
                return found[0]
            name = name[:-1]
        if not name:
            return found[0]
        called = mentions.person(name) if name in self._people else "@all"
        return called + found[1][len(name) :]

    def _channel(self, found: re.Match[str], team: str) -> str:
        key = f"{team}/{found[1].lower()}"
        return mentions.room(key) if key in self._rooms else found[0]
