"""What people see of a message's HTML, and what may have been typed to get it."""

import re
from html.parser import HTMLParser

_SIGNS = {"em": "[*_]", "strong": r"\*\*", "s": "~~"}
_BLOCKS = ("p", "pre", "blockquote", "ul", "ol", "li")


class Element:
    """An element and what is in it: elements and text."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag, self.attributes = tag, attributes
        self.children: list[Element | str] = []

    def find(self, tag: str) -> list["Element"]:
        """All elements of a kind in it."""
        inside = [child for child in self.children if isinstance(child, Element)]
        return [each for child in inside for each in ([child] if child.tag == tag else []) + child.find(tag)]

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)


class _Tree(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.top = Element("", {})
        self._open = [self.top]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def tree(html: str) -> Element:
    return _Tree(html).top


def shown(html: str) -> str:
    """What stands on the screen, a block or an item a line; white space is shown as it is (`white-space: pre-wrap`)."""
    return "\n".join(_shown_lines(tree(html)))


def _shown_lines(parent: Element) -> list[str]:
    lines: list[str] = []
    for child in parent.children:
        assert isinstance(child, Element)
        if child.tag in ("p", "pre"):
            lines += child.text.removesuffix("\n").split("\n")
        elif child.tag == "blockquote":
            lines += [f"▏{line}" for line in _shown_lines(child)]
        else:
            for number, item in enumerate(child.children, int(child.attributes.get("start", 1))):
                assert isinstance(item, Element)
                mark = f"{number}. " if child.tag == "ol" else "• "
                lines.append(mark + "".join(_text(each) for each in item.children if not _is_block(each)))
                nested = Element("", {})
                nested.children = [each for each in item.children if _is_block(each)]
                lines += [f"  {line}" for line in _shown_lines(nested)]
    return lines


def _is_block(child: Element | str) -> bool:
    return isinstance(child, Element) and child.tag in _BLOCKS


def _text(child: Element | str) -> str:
    return child if isinstance(child, str) else child.text


def typed(html: str) -> "re.Pattern[str]":
    """All texts that may have been typed to get this HTML, to the last space: only the signs of markup are missing."""
    return re.compile(_typed_blocks(tree(html), ""))


def _typed_blocks(parent: Element, prefix: str) -> str:
    """A pattern of lines; each but the first has `prefix`, which is a pattern too, before it."""
    blocks = []
    for child in parent.children:
        assert isinstance(child, Element)
        if child.tag == "p":
            blocks.append(_prefixed("".join(map(_typed_inline, child.children)).removesuffix("\n"), prefix))
        elif child.tag == "pre":
            code = _prefixed(_escaped(child.text.removesuffix("\n")), prefix)
            feed = f"\n{prefix}"
            blocks.append(rf" {{0,3}}```+(?:[ \t]*[\w#+]*[ \t]*{feed})?{code}(?:{feed} *)?```+[ \t]*")
        elif child.tag == "blockquote":
            blocks.append(f"> ?{_typed_blocks(child, f'{prefix}> ?')}")
        else:
            blocks.append(f"\n{prefix}".join(_typed_items(child)))
    return f"\n{prefix}".join(blocks)


def _prefixed(pattern: str, prefix: str) -> str:
    return pattern.replace("\n", f"\n{prefix}")


def _escaped(text: str) -> str:
    return re.escape(text).replace("\\\n", "\n")


def _typed_items(parent: Element) -> list[str]:
    lines: list[str] = []
    for number, item in enumerate(parent.children, int(parent.attributes.get("start", 1))):
        assert isinstance(item, Element)
        mark = rf" *{number}\. " if parent.tag == "ol" else " *[-*] "
        lines.append(mark + "".join(_typed_inline(each) for each in item.children if not _is_block(each)))
        for nested in item.children:
            if isinstance(nested, Element) and _is_block(nested):
                lines += _typed_items(nested)
    return lines


def _typed_inline(child: Element | str) -> str:
    if isinstance(child, str):
        return _escaped(child)
    inside = "".join(map(_typed_inline, child.children))
    if child.tag == "code":
        return f"`+ ?{inside} ?`+"
    if child.tag == "a":
        href = re.escape(child.attributes["href"])
        return inside if "dir" in child.attributes else rf"\[{inside}\]\({href}\)"
    sign = _SIGNS[child.tag]
    return f"{sign}{inside}{sign}"
