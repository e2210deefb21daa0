"""What a page says of itself: title, description, name of the site, picture. Pure.

Pages say it by the Open Graph protocol (https://ogp.me), by Twitter's names for the same, or in HTML's own elements,
and are read in that order.
"""

import codecs
import re
import unicodedata

from msgspec import Struct
from selectolax.lexbor import LexborHTMLParser
from yarl import URL

from app.base.text import INVISIBLE, is_visible
from app.previews.fetching import Fetched

MAX_TITLE_CHARS, MAX_DESCRIPTION_CHARS, MAX_SITE_CHARS = 200, 300, 64
DECLARED_WITHIN_BYTES = 1024  # https://html.spec.whatwg.org/multipage/semantics.html#charset
HTML = frozenset({"text/html", "application/xhtml+xml"})

# Python's names of the encodings that https://encoding.spec.whatwg.org knows: Python has some that are none.
_CODEC = re.compile(
    r"utf-(?:8|16|16-[lb]e)|ascii|iso8859-\d+|cp(?:866|874|932|125\d)|koi8-[ru]|mac-(?:roman|cyrillic)"
    r"|gb(?:k|2312|18030)|big5(?:hkscs)?|euc_(?:jp|kr)|iso2022_jp|shift_jis"
)
_DECLARED = re.compile(rb"""<meta[^>]{1,200}?charset\s*=\s*["']?\s*([\w-]{1,40})""", re.IGNORECASE)
_TITLES = ("og:title", "twitter:title")
_DESCRIPTIONS = ("og:description", "twitter:description", "description")
_SITES = ("og:site_name", "application-name")
_PICTURES = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")


class Said(Struct, frozen=True):
    """What a page says of itself; "" and None for what it does not say."""

    title: str
    description: str
    site: str
    picture: URL | None


def said_by(page: Fetched) -> Said:
    """Read the head of a page of HTML."""
    tree = LexborHTMLParser(_decoded(page))
    given: dict[str, str] = {}
    for meta in tree.css("meta[content]"):
        name = meta.attributes.get("property") or meta.attributes.get("name") or ""
        given.setdefault(name.strip().lower(), meta.attributes.get("content") or "")
    title = tree.css_first("title")

    def first(names: tuple[str, ...], limit: int, otherwise: str = "") -> str:
        lines = (_line(given.get(name, ""), limit) for name in names)
        return next(filter(None, lines), _line(otherwise, limit))

    return Said(
        first(_TITLES, MAX_TITLE_CHARS, title.text() if title else ""),
        first(_DESCRIPTIONS, MAX_DESCRIPTION_CHARS),
        first(_SITES, MAX_SITE_CHARS, page.url.host or ""),
        _picture(page.url, next((given[name] for name in _PICTURES if given.get(name)), "")),
    )


def _decoded(page: Fetched) -> str:
    """By the charset of the header, which counts, or of the page's first bytes, where HTML has it; else as UTF-8."""
    declared = _DECLARED.search(page.body, 0, DECLARED_WITHIN_BYTES)
    charset = page.charset or (declared[1].decode("ascii") if declared else "")
    try:
        codec = codecs.lookup(charset).name
    except LookupError:
        codec = ""
    return page.body.decode(codec if _CODEC.fullmatch(codec) else "utf-8", "replace")


def _line(text: str, limit: int) -> str:
    """A text on one line: without what nobody sees or what turns directions, and cut with an ellipsis."""
    line = " ".join(INVISIBLE.sub("", unicodedata.normalize("NFC", " ".join(text.split()))).split())
    if not is_visible(line):
        return ""
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def _picture(page: URL, address: str) -> URL | None:
    try:
        picture = page.join(URL(address.strip())) if address.strip() else None
    except ValueError:
        return None
    return picture if picture is not None and picture.scheme in ("http", "https") else None
