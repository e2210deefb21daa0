"""Markup in messages: typed text to safe HTML. Pure.

A small part of Markdown: emphasis, code, quotes, lists, links; no HTML, images, headings or tables. What differs from
CommonMark is what surprises in a chat: a line break is one, and a line without `>` or indent ends a quote or a list.
Text without markup costs a few searches. The result is sanitised once more, by a library that knows nothing of
ours and allows only what is listed here.
"""

import logging
import re
from collections.abc import Iterable
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, blockquote, list_block
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

log = logging.getLogger(__name__)

TAGS = {"p", "br", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"}
ATTRIBUTES: dict[str, set[str]] = {"a": {"href", "dir"}, "ol": {"start"}, "*": set()}  # unless told, `title` is, too
FIXED_ATTRIBUTES = {"a": {"target": "_blank"}}
LINK_REL = "noopener noreferrer nofollow"
SCHEMES = {"http", "https", "mailto"}
MAX_NESTING = 12
# Prose has fewer, and each costs up to 20 µs; what has more, code without a fence mostly, is shown as it was typed.
MAX_SIGNS = 300
MAX_MARKED_LINES = 150
REMEMBERED = 500  # the newest messages are read again and again

# Most texts have none of these, which takes a fraction of what follows to find out.
_HINT = re.compile(r"[*`_~\]>\n-]")
_BEGINS_WITH_NUMBER = re.compile(r"[ \t]*\d")
_MAY_BE_MARKUP = re.compile(r"[*`]|~~|\]\(|(?:^|\W)_|^[ \t]*(?:>|-[ \t]|\d{1,3}[.)][ \t])", re.MULTILINE)
_SIGN = re.compile(r"[*_~`\[\]\\:]")
_MARKED_LINE = re.compile(r"^[ \t]*(?:>|[-*][ \t]|\d{1,3}[.)][ \t]|```|~~~)", re.MULTILINE)
_LIST_MARKER = re.compile(r"(?:[-*]|\d{1,3}[.)])[ \t]+\S")
_LINK_TARGET = re.compile(r"(?:https?://|mailto:)[^\s/]", re.IGNORECASE)
# As static/js/text.js finds addresses in text without markup.
_SCHEME = re.compile(r"(?<!\w)https?\Z", re.IGNORECASE)
_ADDRESS = re.compile(r"://[^\s<>\"`]+")
_AROUND_ADDRESS = ".,;:!?'’”»*_~)]}"
_PLAIN = {"paragraph_open", "paragraph_close", "inline", "text", "softbreak", "hardbreak"}


class _TooMuch(Exception):
    """Reading on would take too long."""


_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    set_tag_attribute_values=FIXED_ATTRIBUTES,
    link_rel=LINK_REL,
    url_schemes=SCHEMES,
    url_relative="deny",
)


def html_of(text: str) -> str | None:
    """The text as HTML that is safe to show, or None where it has no markup: it is then shown as it was typed."""
    has_hint = _HINT.search(text) or _BEGINS_WITH_NUMBER.match(text)
    return _html_of(text) if has_hint and _MAY_BE_MARKUP.search(text) else None


def prose(text: str) -> str:
    """The text without what is marked as code."""
    if "`" not in text and "~~~" not in text:
        return text
    tokens = _parsed(text)
    if tokens is None:
        return text
    return "\n".join("".join(_without_code(token.children or ())) for token in tokens if token.type == "inline")


def _without_code(children: Iterable[Token]) -> Iterable[str]:
    for child in children:
        yield child.content if child.type == "text" else "\n" if child.type in {"softbreak", "code_inline"} else ""


@lru_cache(REMEMBERED)
def _html_of(text: str) -> str | None:
    tokens = _parsed(text)
    if tokens is None or not _has_markup(tokens):
        return None
    try:
        return _cleaner.clean(str(_markdown.renderer.render(tokens, _markdown.options, {}))).strip()
    except Exception:  # in a library: a message must come, come what may
        log.exception("markup not shown chars=%d", len(text))
        return None


def _parsed(text: str) -> list[Token] | None:
    """What the text is made of; None where that would take too long, or fails: it is then shown as it was typed."""
    if len(_MARKED_LINE.findall(text)) > MAX_MARKED_LINES:
        return None
    try:
        return _markdown.parse(text)
    except _TooMuch:
        return None
    except Exception:  # in a library: a message must come, come what may
        log.exception("markup not understood chars=%d", len(text))
        return None


def _has_markup(tokens: Iterable[Token]) -> bool:
    return any(
        (token.type not in _PLAIN and token.info != "address") or (token.children and _has_markup(token.children))
        for token in tokens
    )


def _bound(state: StateCore) -> None:
    """Stop when there are too many signs outside of blocks of code."""
    if sum(len(_SIGN.findall(token.content)) for token in state.tokens if token.type == "inline") > MAX_SIGNS:
        raise _TooMuch


# Where a chat differs from CommonMark


def _quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A quote ends with the last line that begins with `>`: what follows is the answer to it."""
    after = start
    while after < end and state.src.startswith(">", state.bMarks[after] + state.tShift[after]):
        after += 1
    if after == start:
        return False
    line_max, state.lineMax = state.lineMax, after
    found = blockquote(state, start, after, silent)
    state.lineMax = line_max
    return found


def _list(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A list begins with a dash, an asterisk or a number of up to three digits; “+ 1” and “2026. A year.” are text."""
    is_marker = _LIST_MARKER.match(state.src, state.bMarks[start] + state.tShift[start], state.eMarks[start])
    return is_marker is not None and list_block(state, start, end, silent)


def _outdent(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A line that is not indented as the item above it ends the list."""
    return silent and state.sCount[start] < state.blkIndent


def _address(state: StateInline, silent: bool) -> bool:
    """A web address in the text is a link, as it is in text without markup."""
    begin = _scheme_begin(state)
    found = _ADDRESS.match(state.src, state.pos, state.posMax) if begin is not None else None
    if begin is None or found is None:
        return False
    address = _trimmed(state.src[begin : found.end()])
    if not state.md.validateLink(address):
        return False
    scheme_chars = state.pos - begin
    if not silent:
        state.pending = state.pending[:-scheme_chars]
        opening = state.push("link_open", "a", 1)
        opening.attrs = {"href": state.md.normalizeLink(address), "dir": "ltr"}
        state.push("text", "", 0).content = address
        closing = state.push("link_close", "a", -1)
        opening.info = closing.info = "address"
    state.pos += len(address) - scheme_chars
    return True


def _scheme_begin(state: StateInline) -> int | None:
    """Where `http` or `https` begins right before the position, if it does; never inside of another link."""
    if state.linkLevel > 0 or state.src[state.pos] != ":":
        return None
    scheme = _SCHEME.search(state.src, max(0, state.pos - 6), state.pos)
    if scheme is None or not (state.pending.endswith(scheme[0]) or not state.pending):
        return None
    return scheme.start()


def _trimmed(address: str) -> str:
    """An address without the punctuation of the sentence around it; a bracket stays where its pair is inside."""
    end = len(address)
    opened, closed = address.count("("), address.count(")")
    while address[end - 1] in _AROUND_ADDRESS and not (address[end - 1] == ")" and opened == closed):
        closed -= address[end - 1] == ")"
        end -= 1
    return address[:end]


def _made() -> MarkdownIt:
    markdown = MarkdownIt("zero", {"breaks": True, "maxNesting": MAX_NESTING})
    markdown.enable(["fence", "blockquote", "list"])
    markdown.enable(["newline", "escape", "backticks", "strikethrough", "emphasis", "link"])
    markdown.block.ruler.at("blockquote", _quote, {"alt": ["paragraph", "blockquote", "list"]})
    markdown.block.ruler.at("list", _list, {"alt": ["paragraph", "blockquote"]})
    markdown.block.ruler.before("paragraph", "outdent", _outdent, {"alt": ["paragraph"]})
    markdown.inline.ruler.after("text", "address", _address)
    markdown.inline.terminator_re = re.compile(rf"\n|{_SIGN.pattern}")  # where one of these rules may begin
    markdown.core.ruler.after("block", "bound", _bound)
    markdown.validateLink = lambda url: _LINK_TARGET.match(url) is not None  # type: ignore[method-assign]
    return markdown


_markdown = _made()
