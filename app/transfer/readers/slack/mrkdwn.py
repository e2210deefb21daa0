"""Slack's mrkdwn, the text of old messages and of bots, as styled blocks. Pure but for the names it comes across.

Only `&`, `<` and `>` are escaped in it. They are read last, when all between a `<` and a `>` was found: `&lt;@U1&gt;`
was typed, and mentions nobody. Emphasis is at the edges of words, on one line.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from app.transfer.readers.inline import BOLD, ITALIC, STRIKE, Span, code, everybody, link, no_call, typed
from app.transfer.readers.markup import first_outside_code
from app.transfer.readers.slack.emoji import NAME, character
from app.transfer.readers.slack.names import Names
from app.transfer.readers.styled import Block

_STYLES = {"*": BOLD, "_": ITALIC, "~": STRIKE}
_MAY_MEAN = re.compile("[<&*_~`:>\x00\ue000-\ue003]")
_FENCE = re.compile(r"```[ \t]*\n?(.*?)\n?[ \t]*```", re.DOTALL)
_QUOTE, _QUOTES = re.compile(r"(?:&gt;|>) ?"), re.compile(r"^(?:&gt;|>){3} ?", re.MULTILINE)
_TOKEN = re.compile(
    r"<(?P<entity>[^<>\n]+)>"
    r"|`(?P<code>[^`\n]+)`"
    rf"|{NAME}"
    r"|(?<![\w*_~])(?P<sign>[*_~])(?![\s*_~])(?P<inside>(?:<[^<>\n]*>|`[^`\n]*`|[^\n<`]){1,2000}?)(?<!\s)(?P=sign)(?![\w*_~])"
)
_PLAIN_TOKEN = re.compile(rf"<(?P<entity>[^<>\n]+)>|{NAME}(?P<code>(?!))?")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|www\.")
_ADDRESS_IN_CODE = re.compile(r"<((?:https?://|mailto:)[^<>|\n]*)(?:\|([^<>\n]*))?>")
_SECRET = re.compile(r"(?<=[?&])(?:[a-z_]+=xox[a-z]-[^&#\s>|)\"]*&?)")
_EVERYBODY = {"here", "channel", "everyone", "group"}
_MAX_DEPTH = 4


def blocks_of(text: str, names: Names, style: int = 0, *, has_marks: bool = True) -> list[Block]:
    """The blocks of a text; without marks, only what stands between `<` and `>` and emoji mean anything."""
    if not _MAY_MEAN.search(text):
        return [Block((Span(text, style),))]
    if not has_marks:
        return [Block(spans_of(text, names, style, has_marks=False))]
    return [*_blocks(text, names, style)]


def _blocks(text: str, names: Names, style: int) -> Iterator[Block]:
    quotes = first_outside_code(text, _QUOTES)
    outside, quoted = (text[: quotes.start()], text[quotes.end() :]) if quotes else (text, None)
    for n, part in enumerate(_FENCE.split(outside)):
        if n % 2:
            yield Block((Span(typed(in_code(part))),), "code")
        elif part.strip():
            yield from _lines(part, names, style)
    if quoted is not None:
        yield Block(spans_of(quoted, names, style), "quote")


def _lines(text: str, names: Names, style: int) -> Iterator[Block]:
    """Stretches of lines that are quoted, and that are not."""
    lines: list[str] = []
    was_quoted = False
    for line in [*text.strip("\n").split("\n"), None]:
        quote = _QUOTE.match(line) if line is not None else None
        if lines and (line is None or bool(quote) != was_quoted):
            yield Block(spans_of("\n".join(lines), names, style), "quote" if was_quoted else "text")
            lines = []
        if line is not None:
            was_quoted = bool(quote)
            lines.append(line[quote.end() :] if quote else line)


def spans_of(text: str, names: Names, style: int = 0, *, has_marks: bool = True, depth: int = 0) -> list[Span]:
    """The spans of lines without blocks."""
    spans: list[Span] = []
    read = 0
    for token in (_TOKEN if has_marks else _PLAIN_TOKEN).finditer(text):
        if token.start() > read:
            spans.append(Span(plain(text[read : token.start()]), style))
        read = token.end()
        found = token.groupdict()
        if found["entity"]:
            spans.append(_entity(found["entity"], names, style))
        elif found["emoji"]:
            spans.append(Span(character(found["emoji"]) or token[0], style))
        elif found["code"]:
            spans += code(typed(in_code(found["code"])), style)
        elif depth < _MAX_DEPTH:
            spans += spans_of(found["inside"], names, style | _STYLES[found["sign"]], depth=depth + 1)
        else:
            spans.append(Span(plain(token[0]), style))
    if read < len(text):
        spans.append(Span(plain(text[read:]), style))
    return spans


def line_of(text: str, names: Names) -> str:
    """A text where nothing is marked, such as a topic."""
    return "".join(span.unmarked for span in spans_of(text, names, has_marks=False)) if _MAY_MEAN.search(text) else text


def plain(text: str) -> str:
    """What was typed; decoded once."""
    if "&" in text:
        text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return typed(text)


def in_code(text: str) -> str:
    """Code as it was typed: Slack marks addresses in it, too."""
    return plain(_ADDRESS_IN_CODE.sub(lambda found: without_secret(found[2] or found[1]), text))


def without_secret(address: str) -> str:
    """An address without a token of Slack's in it, which would open the workspace's files."""
    return _SECRET.sub("", address).rstrip("?&") if "xox" in address else address


def _entity(body: str, names: Names, style: int) -> Span:
    """What stands between `<` and `>`."""
    target, _, label = body.partition("|")
    sign, key = target[0] if target else "", target[1:]
    if sign == "@" and key:
        return names.person(key, plain(label), style)
    if sign == "#" and key:
        return names.room(key, plain(label), style)
    if sign == "!" and key:
        return _special(key, plain(label), style)
    if _ADDRESS.match(target):
        return link(plain(label), without_secret(plain(target)), style)
    return Span(plain(f"<{body}>"), style)


def _special(key: str, label: str, style: int) -> Span:
    kind, *parts = key.split("^")
    if kind in _EVERYBODY:
        return everybody(style)
    if kind == "date":
        return date(parts[0] if parts else "", label, parts[2] if len(parts) > 2 else "", style)
    if kind == "subteam":
        return no_call(label.removeprefix("@") or (parts[0] if parts else kind), style)
    return Span(label or f"<!{key}>", style)


def date(seconds: object, label: str, href: str = "", style: int = 0) -> Span:
    """A date, as the sender's program wrote it for who cannot show it better; else in UTC."""
    try:
        shown = label or f"{datetime.fromtimestamp(float(str(seconds)), UTC):%Y-%m-%d %H:%M} UTC"
    except (ValueError, OverflowError, OSError):
        shown = str(seconds)
    return link(shown, href, style) if href else Span(typed(shown), style)
