"""What Zulip's Markdown becomes in Parley's markup. Pure."""

import re
from collections.abc import Collection, Mapping
from datetime import UTC
from typing import NamedTuple
from urllib.parse import unquote

from app.transfer import mentions
from app.transfer.readers import markup
from app.transfer.readers.inline import no_call
from app.transfer.readers.times import at_iso

_FENCE = re.compile(
    r"^[ \t]*(?P<fence>`{3,}|~{3,})[ \t]*(?P<name>[^\n`]*)\n(?P<body>.*?)(?:^[ \t]*(?P=fence)[ \t]*$|\Z)",
    re.MULTILINE | re.DOTALL,
)
_SIGN = re.compile(
    r"@(?P<silent>_?)\*\*(?P<name>[^*\n|]+)(?:\|(?P<id>\d+))?\*\*|@_?\*(?P<group>[^*\n]+)\*"
    r"|#\*\*(?P<stream>[^*\n>]+)(?:>(?P<topic>[^*\n]*?)(?:@\d+)?)?\*\*"
    r"|<time:(?P<time>[^>\n]+)>|:(?P<emoji>[\w+-]+):"
    r"|!?\[(?P<label>[^\]\n]*)\]\((?:https?://[^\s()/]+)?/?user_uploads/(?P<path>[^\s()]+)\)"
)
_SAID = re.compile(
    r"\s*@_\*\*[^*\n]+\*\* \[[^\]\n]+\]"
    r"\([^\s()]*?narrow/(?:(?:channel|stream)/(?P<stream>\d+)-)?[^\s()]*/near/(?P<id>\d+)[^\s()]*\):[ \t]*\n"
    r"(?=[ \t]*[`~]{3,}quote)"
)
_POINTS = r"[0-9a-f]{2,5}(?:-[0-9a-f]{2,5})*"
_EMOJI = re.compile(
    rf'<span[^>]*\bclass="emoji emoji-(?P<code>{_POINTS})"[^>]*>:(?P<name>[\w+-]+):</span>'
    rf'|<img alt=":(?P<alt>[\w+-]+):" class="emoji" src="[^"]*/unicode/(?P<file>{_POINTS})\.png"'
)
_EVERYBODY = {"all", "everyone", "channel", "stream", "topic"}


class Answer(NamedTuple):
    """A text without the line that says whom it quotes, and the id of that message; None where it quotes none."""

    text: str
    to: int | None


def answered(content: str, room: str) -> Answer:
    """Zulip has no replies: who answers quotes, under a line with the name and a link to the message.

    What was said in another stream than `room` is no answer, and keeps that line.
    """
    found = _SAID.match(content)
    if found is None or (found["stream"] and f"stream {found['stream']}" != room):
        return Answer(content, None)
    return Answer(content[found.end() :], int(found["id"]))


def emoji_in(html: str) -> dict[str, str]:
    """The emoji of a message by Zulip's own names of them, which its HTML has with their code points."""
    found = _EMOJI.finditer(html) if 'class="emoji' in html else ()
    return {each["name"] or each["alt"]: of_code_points(each["code"] or each["file"]) for each in found}


def of_code_points(code: str) -> str:
    """The emoji of hexadecimal code points such as `1f1fa-1f1e6`."""
    return "".join(chr(int(point, 16)) for point in code.split("-") if point)


class Around(NamedTuple):
    """What else is said of a message: its files' names by their paths, its emoji by their names."""

    files: Mapping[str, str]
    emoji: Mapping[str, str]


class Names:
    """Whom and what mentions mean; `people` and `streams` have the keys by name, where one name means one."""

    def __init__(self, people: Mapping[str, str], keys: Collection[str], streams: Mapping[str, str]) -> None:
        self._people, self._keys, self._streams = people, keys, streams

    def converted(self, text: str, around: Around) -> str:
        """A text in Parley's markup; links to its files go where they only name the file."""
        if text.startswith("/me "):
            text = markup.mark(text.removeprefix("/me "), markup.ITALIC)
        parts: list[tuple[str, bool]] = []
        end = 0
        for found in _FENCE.finditer(text):
            parts.append((self._prose(text[end : found.start()], around), False))
            parts.append((self._fenced(found, around), True))
            end = found.end()
        parts.append((self._prose(text[end:], around), False))
        return markup.on_own_lines(parts)

    def _fenced(self, found: re.Match[str], around: Around) -> str:
        kind, _, title = found["name"].strip().partition(" ")
        body = found["body"].removesuffix("\n")
        if kind == "quote":
            return markup.quote(self.converted(body, around))
        if kind == "spoiler":
            return f"{self._prose(title, around)}\n{self.converted(body, around)}".strip("\n")
        return markup.block(body, found["name"].strip())

    def _prose(self, text: str, around: Around) -> str:
        def one(found: re.Match[str]) -> str:
            if found["emoji"] is not None:
                return around.emoji.get(found["emoji"], found[0])
            if found["path"] is not None:
                name = around.files.get(found["path"]) or around.files.get(unquote(found["path"]))
                is_named = found["label"] in (name, found["path"].rpartition("/")[2], "")
                return found[0] if name is None else "" if is_named else found["label"]
            return self._sign(found)

        return markup.outside_code(text, lambda part: _SIGN.sub(one, markup.from_markdown(part)))

    def _sign(self, found: re.Match[str]) -> str:
        if found["time"] is not None:
            at = at_iso(found["time"])
            return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if at else found[0]
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
