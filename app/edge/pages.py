"""Templates and static files: Jinja's environment, and `/static/<digest>/…`, which browsers may keep for ever.

The digest names the content of the whole folder, so a new version of any file changes every address at once. The
files are compressed once and kept in memory: each with gzip when it is first asked for, which takes 6 ms at most, and
those that each page needs with Brotli, which makes them a sixth smaller and takes so long that it begins with the first
page, and people are served meanwhile.
"""

import asyncio
import gzip
import hashlib
import mimetypes
import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import aiohttp_jinja2
import brotli
import jinja2
from aiohttp import web
from jinja2.ext import Extension

from app.base.file_labels import file_labels
from app.edge.initials import initials
from app.edge.scripts import join, join_later
from app.web.asked import text_in

ROOT = Path(__file__).parent.parent.parent
STATIC = ROOT / "static"
TEMPLATES = ROOT / "templates"
# Written as one file a component, sent as a few sheets. The order counts.
SHEETS = {
    "css/page.css": ("reset", "colors", "base"),
    "css/card.css": ("form",),
    "css/chat.css": (
        *("row", "dot", "button", "icon-button", "avatar", "form", "popover", "dialog", "layout", "connection"),
        *("rooms/sidebar", "rooms/rooms", "rooms/levels", "rooms/presence", "rooms/jump"),
        "search/box",
        *("timeline/timeline", "timeline/welcome", "timeline/message", "timeline/markup", "timeline/quote"),
        *("timeline/files", "timeline/sign", "timeline/preview", "timeline/reactions", "timeline/toolbar"),
        *("composer/composer", "composer/completion", "composer/intent"),
        "print",
    ),
    "css/sheet.css": (
        *("row", "dot", "button", "avatar", "form"),
        *("people/sheet", "people/directory", "people/face", "people/facts", "people/profile"),
        *("people/panel", "people/hues", "people/portrait", "people/invitations", "people/entries", "people/codes"),
        *("people/counts", "people/drawing"),
        *("search/page", "search/hits"),
    ),
}

# Of each script the module that it begins with, and of the one that runs before it on the same page.
SCRIPTS = {
    "js/land.js": ("landing", ""),
    "js/chat.js": ("main", "landing"),
    "js/sheet.js": ("sheet", ""),
    "js/card.js": ("card", ""),
    "js/passkey.js": ("passkey", ""),
    "js/offline.js": ("offline", ""),
    "js/share.js": ("share", ""),
    "js/bringing.js": ("bringing", ""),
    "js/cropping.js": ("cropping", ""),
}

# What comes to the page of a room when it is needed (static/js/lib/later.js), by its name: the module that its script
# begins with, and the parts of its sheet, if it has one.
LATER: dict[str, tuple[str, tuple[str, ...]]] = {
    "search": ("search/search-box", ("search/lines", "search/hits")),
    "viewing": ("viewing/viewing", ("viewing/lightbox",)),
    "keys": ("page/key-list", ()),
    "rooms": ("rooms/room-dialogs", ("rooms/choices",)),
    "shell": ("shell/shell", ()),
    "files": ("files/sending", ("files/tray",)),
}

BADGES = {str(count): str(count) for count in range(1, 10)} | {"more": "9+"}

_MODULE = re.compile(r"js/.+\.js")
_INDENT = re.compile(r"(?<![%#]})\n[ \t]+")
_INDENT_BEHIND_BLOCK = re.compile(r"(?<=[%#]}\n)[ \t]+")
# Of sheets: comments, indents, blank lines, and what stands beside a sign that says it already.
_LEFT_OUT = re.compile(rb"/\*.*?\*/\s*|;\s*(?=})|(?<=[{};,])\n\s*|^\s+|(?<=[:,]) | (?={)", re.MULTILINE | re.DOTALL)


class ShortIndents(Extension):
    """Leaves indents in templates out, as none is shown as it stands there: 150 bytes of each page.

    Behind a line that ends with a block one space stays: Jinja joins the two lines, and words would be joined.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The source with as many lines."""
        return _INDENT_BEHIND_BLOCK.sub(" ", _INDENT.sub("\n", source))


@dataclass
class Asset:
    """A static file, ready to be sent; `brotli` is there once it is made."""

    type: str
    plain: bytes
    brotli: bytes | None = None

    @cached_property
    def gzipped(self) -> bytes:
        return gzip.compress(self.plain, mtime=0)

    def accepted(self, encodings: str) -> tuple[bytes, dict[str, str]]:
        """The body for somebody who accepts these encodings, and the headers that say how it is encoded."""
        names = {encoding.split(";")[0].strip() for encoding in encodings.split(",")}
        headers = {"Vary": "Accept-Encoding"}
        if self.brotli is not None and "br" in names:
            return self.brotli, headers | {"Content-Encoding": "br"}
        if "gzip" in names:
            return self.gzipped, headers | {"Content-Encoding": "gzip"}
        return self.plain, headers


def setup(app: web.Application) -> None:
    """Set up Jinja with what templates call, and serve the static files under the digest of their content."""
    environment = aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        extensions=[ShortIndents],
        auto_reload=False,  # static files are read at the start, too; a page would look at fifteen files for changes
    )
    environment.trim_blocks = environment.lstrip_blocks = True
    assets = load(STATIC)
    prefix = f"/static/{digest(assets)}"
    environment.filters |= {"initials": initials, "file_labels": file_labels}
    was_named = asyncio.Event()

    def address(path: str) -> str:
        was_named.set()
        return f"{prefix}/{path}"

    environment.globals["static"] = address

    async def static(request: web.Request) -> web.Response:
        asset = assets.get(text_in(request, "path"))
        if asset is None:
            raise web.HTTPNotFound
        body, headers = asset.accepted(request.headers.get("Accept-Encoding", ""))
        return web.Response(body=body, content_type=asset.type, headers=headers)

    async def compress_well(_: web.Application) -> AsyncIterator[None]:
        compressing = asyncio.create_task(_compress_well(assets, was_named))
        yield
        compressing.cancel()
        await asyncio.wait([compressing])

    app.cleanup_ctx.append(compress_well)
    app.router.add_get(f"{prefix}/{{path:.+}}", static, name="static")


@cache
def load(folder: Path) -> dict[str, Asset]:
    """Every file below `folder`, by its path in there, and the sheets, scripts and icons made of them.

    A process reads and compresses them once, however many apps it has.
    """
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = {str(path.relative_to(folder)): path.read_bytes() for path in paths}
    parts_of = SHEETS | {f"css/{name}.css": parts for name, (_, parts) in LATER.items() if parts}
    sheets = {sheet: sheet_of(files[f"css/{part}.css"] for part in parts) for sheet, parts in parts_of.items()}
    modules = {path[3:-3]: plain.decode() for path, plain in files.items() if _MODULE.fullmatch(path)}
    scripts = {script: join(modules, *entries).encode() for script, entries in SCRIPTS.items()}
    later = {f"js/{name}.js": join_later(modules, entry, "main").encode() for name, (entry, _) in LATER.items()}
    icons = {f"img/favicon-{name}.svg": _badged(files["img/favicon.svg"], text) for name, text in BADGES.items()}
    return {path: _asset(path, plain) for path, plain in (files | sheets | scripts | later | icons).items()}


def sheet_of(parts: Iterable[bytes]) -> bytes:
    """One sheet of several, without what only their writers need."""
    return _LEFT_OUT.sub(b"", b"".join(parts))


def _badged(icon: bytes, text: str) -> bytes:
    """The icon with a number of unread messages in its corner."""
    badge = (
        '<circle cx="22" cy="22" r="10" fill="#c22f3d"/><text x="22" y="27" fill="#fff" text-anchor="middle" '
        f'font-family="system-ui, sans-serif" font-size="15" font-weight="700">{text}</text></svg>'
    )
    return icon.replace(b"</svg>", badge.encode())


def _asset(path: str, plain: bytes) -> Asset:
    kind, _ = mimetypes.guess_type(path)
    return Asset(kind or "application/octet-stream", plain)


async def _compress_well(assets: dict[str, Asset], was_named: asyncio.Event) -> None:
    """Make the Brotli files once a page has named one: many a process ends, or is replaced, before it shows any."""
    await was_named.wait()
    await asyncio.to_thread(compress, assets)


def compress(assets: dict[str, Asset]) -> None:
    """Make the Brotli files that are not there yet: half a second of a processor."""
    later = (f"{kind}/{name}.{kind}" for name in LATER for kind in ("js", "css"))
    for path in (*SHEETS, *SCRIPTS, *later):
        if path in assets and assets[path].brotli is None:
            assets[path].brotli = brotli.compress(assets[path].plain)


def digest(assets: dict[str, Asset]) -> str:
    """12 hexadecimal digits that change with any name or content."""
    sha = hashlib.sha256()
    for path, asset in assets.items():
        sha.update(f"{path}\0{len(asset.plain)}\0".encode() + asset.plain)
    return sha.hexdigest()[:12]
