"""What Zulip's Markdown becomes in Parley's markup. Pure."""

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from app.transfer import mentions
from app.transfer.readers import markup
from app.transfer.readers.inline import no_call

_FENCE = re.compile(
    r"^[ \t]*(?P<fence>`{3,}|~{3,})[ \t]*(?P<name>[^\n`]*)\n(?P<body>.*?)(?:^[ \t]*(?P=fence)[ \t]*$|\Z)",
    re.MULTILINE | re.DOTALL,
)
_SIGN = re.compile(
    r"@(?P<silent>_?)\*\*(?P<name>[^*\n|]+)(?:\|(?P<id>\d+))?\*\*|@_?\*(?P<group>[^*\n]+)\*"
    r"|#\*\*(?P<stream>[^*\n>]+)(?:>(?P<topic>[^*\n]*))?\*\*"
    r"|!?\[(?P<label>[^\]\n]*)\]\((?:https?://[^\s()/]+)?/?user_uploads/(?P<path>[^\s()]+)\)"
)
_SAID = re.compile(
    r"\s*@_\*\*[^*\n]+\*\* \[[^\]\n]+\]\([^\s()]*/near/(?P<id>\d+)[^\s()]*\):[ \t]*\n(?=[ \t]*[`~]{3,}quote)"
)
_EVERYBODY = {"all", "everyone", "channel", "stream", "topic"}


class Answer(NamedTuple):
    """A text without the line that says whom it quotes, and the id of that message; None where it quotes none."""

    text: str
    to: int | None


def answered(content: str) -> Answer:
    """Zulip has no replies: who answers quotes, under a line with the name and a link to the message."""
    found = _SAID.match(content)
    return Answer(content[found.end() :], int(found["id"])) if found else Answer(content, None)


class Names:
    """Whom and what mentions mean; `people` and `streams` have the keys by name, where one name means one."""

    def __init__(self, people: Mapping[str, str], keys: Collection[str], streams: Mapping[str, str]) -> None:
        self._people, self._keys, self._streams = people, keys, streams

    def converted(self, text: str, files: Mapping[str, str]) -> str:
        """A text in Parley's markup; links to `files`, names by path, go where they only name the file."""
        if text.startswith("/me "):
            text = markup.mark(text.removeprefix("/me "), markup.ITALIC)
        parts: list[tuple[str, bool]] = []
        end = 0
        for found in _FENCE.finditer(text):
            parts.append((self._prose(text[end : found.start()], files), False))
            parts.append((self._fenced(found, files), True))
            end = found.end()
        parts.append((self._prose(text[end:], files), False))
        return markup.on_own_lines(parts)

    def _fenced(self, found: re.Match[str], files: Mapping[str, str]) -> str:
        kind, _, title = found["name"].strip().partition(" ")
        body = found["body"].removesuffix("\n")
        if kind == "quote":
            return markup.quote(self.converted(body, files))
        if kind == "spoiler":
            return f"{self._prose(title, files)}\n{self.converted(body, files)}".strip("\n")
        return markup.block(body, kind)

    def _prose(self, text: str, files: Mapping[str, str]) -> str:
        def one(found: re.Match[str]) -> str:
            if found["path"] is not None:
                name = files.get(found["path"])
                is_named = found["label"] in (name, found["path"].rpartition("/")[2], "")
                return found[0] if name is None else "" if is_named else found["label"]
            return self._sign(found)

        return markup.outside_code(text, lambda part: _SIGN.sub(one, markup.from_markdown(part)))

    def _sign(self, found: re.Match[str]) -> str:
        if found["group"] is not None:
            return no_call(found["group"]).text
        if found["stream"] is not None:
            key = self._streams.get(found["stream"])
            name = mentions.room(key) if key else f"#{found['stream']}"
            return f"{name} > {found['topic']}" if found["topic"] else name
        name = found["name"]
        if found["silent"]:
            return name
        key = found["id"] if found["id"] in self._keys else self._people.get(name)
        if key is not None:
            return mentions.person(key)
        return "@all" if name in _EVERYBODY else no_call(name).text
