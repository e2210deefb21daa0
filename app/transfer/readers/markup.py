"""Parley's markup, written: what other chats mark, as docs/PROTOCOL.md has it. Pure.

Blanks at the ends of what is marked stand outside of the marks, and each paragraph is marked by itself, for that is
where Parley sees marks.
"""

import re
from collections.abc import Callable

_CODE = re.compile(
    r"(?P<fence>`{3,})(?P<block>.*?)(?P=fence)`*|(?<!`)(?P<ticks>`{1,2})(?!`)[^\n]+?(?<!`)(?P=ticks)(?!`)", re.DOTALL
)
_FENCE_INSIDE = re.compile("`{3,}")
_TICKS = re.compile("`+")
_PARAGRAPHS = re.compile(r"(\n\s*\n)")
_LANGUAGE = re.compile(r"[\w#+.-]*")
_CLOSE_QUOTE = re.compile(r"^(>+)(?=[^\s>])", re.MULTILINE)
_IN_BRACKETS = re.compile(r"<((?:https?://|mailto:)[^\s<>]+)>")

BOLD, ITALIC, STRIKE = "**", "*", "~~"


def mark(text: str, sign: str) -> str:
    """A text in an emphasis."""
    return "".join(_marked(part, sign) for part in _PARAGRAPHS.split(text))


def _marked(paragraph: str, sign: str) -> str:
    inside = paragraph.strip()
    before, _, behind = paragraph.partition(inside) if inside else (paragraph, "", "")
    return f"{before}{sign}{inside}{sign}{behind}" if inside else paragraph


def code(text: str) -> str:
    """A text as code: on its line, or as a block where it has several."""
    line = text.strip("\n")
    if "\n" in line:
        return block(text)
    ticks = "`" * (max((len(each) for each in _TICKS.findall(line)), default=0) + 1)
    space = " " if line[:1] == "`" or line[-1:] == "`" else ""
    return text.replace(line, f"{ticks}{space}{line}{space}{ticks}") if line.strip() else text


def block(text: str, language: str = "") -> str:
    """A text as a block of code; it needs lines of its own. A language that is none is its first line."""
    fence = "`" * (max((len(each) for each in _FENCE_INSIDE.findall(text)), default=2) + 1)
    if not _LANGUAGE.fullmatch(language):
        return f"{fence}\n{language}\n{text.strip(chr(10))}\n{fence}"
    return f"{fence}{language}\n{text.strip(chr(10))}\n{fence}"


def quote(text: str) -> str:
    """A text as a quote."""
    return "\n".join(f"> {line}".rstrip() for line in text.strip("\n").split("\n"))


def link(label: str, href: str) -> str:
    """An address behind its label; alone, where there is no label of its own."""
    if not label.strip() or label.strip() == href or not re.match(r"(?:https?://|mailto:)\S+\Z", href):
        return label if label.strip() else href
    readable = "\n" not in label and "]" not in label and "[" not in label and "://" not in label
    return f"[{label}]({href})" if readable else f"{label} ({href})"


def on_own_lines(parts: list[tuple[str, bool]]) -> str:
    """Parts of a text put together; those that are blocks get lines of their own."""
    text = ""
    after_block = False
    for part, is_block in parts:
        if (is_block or after_block) and text and part and not text.endswith("\n") and not part.startswith("\n"):
            text += "\n"
        text += part
        after_block = is_block if part else after_block
    return text


def outside_code(text: str, convert: Callable[[str], str]) -> str:
    """A Markdown text with what stands outside of code converted, and with blocks of code on lines of their own."""
    parts: list[tuple[str, bool]] = []
    end = 0
    for found in _CODE.finditer(text):
        parts.append((convert(text[end : found.start()]), False))
        parts.append((found[0], found["fence"] is not None and "\n" in found["block"]))
        end = found.end()
    parts.append((convert(text[end:]), False))
    return on_own_lines(parts)


def first_outside_code(text: str, sign: re.Pattern[str]) -> re.Match[str] | None:
    """Where a sign stands first in a Markdown text, outside of code."""
    code = [found.span() for found in _CODE.finditer(text)]
    signs = (found for found in sign.finditer(text) if not any(begin < found.end() <= end for begin, end in code))
    return next(signs, None)


def without_brackets(text: str) -> str:
    """`<https://…>` of Markdown, without its brackets."""
    return _IN_BRACKETS.sub(r"\1", text)


def from_markdown(text: str) -> str:
    """What Parley writes otherwise than Markdown does: quotes without a space behind `>`, addresses in brackets."""
    return _CLOSE_QUOTE.sub(lambda found: f"{'> ' * len(found[1])}", without_brackets(text))
