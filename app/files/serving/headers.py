"""The headers of a file: what a browser may do with it, and what it is called when it is saved."""

import re
from urllib.parse import quote

from app.files.serving.queries import Readable

RENDITION_TYPE = "image/webp"
# Kinds that a browser may show by itself; of known types only, as they were judged by their bytes.
_SHOWN = frozenset({"picture", "video", "audio"})
_OTHER_TYPES = {"text": "text/plain; charset=utf-8"}

_NOT_PLAIN = re.compile(r"[^ !#-$&-\[\]-~]")
_ATTRIBUTE_CHARS = "!#$&+-.^_`|~"  # RFC 8187, section 3.2.1; with letters and digits


def content_type(file: Readable) -> str:
    """What a browser may take the bytes for: nothing that runs, whatever they are."""
    if file.is_rendition:
        return RENDITION_TYPE
    return file.type if file.kind in _SHOWN else _OTHER_TYPES.get(file.kind, "application/octet-stream")


def disposition(file: Readable, *, as_download: bool) -> str:
    """`Content-Disposition` by RFC 6266: the name in plain ASCII, and by RFC 8187 where it has other letters."""
    return _named("inline" if file.kind in _SHOWN and not as_download else "attachment", _saved_name(file))


def attached(name: str) -> str:
    """The same for what is made at this moment, and only to be saved."""
    return _named("attachment", name)


def _named(kind: str, name: str) -> str:
    plain = _NOT_PLAIN.sub("_", name)
    exact = "" if plain == name else f"; filename*=UTF-8''{quote(name, safe=_ATTRIBUTE_CHARS)}"
    return f'{kind}; filename="{plain}"{exact}'


def etag(file: Readable, form: str = "") -> str:
    """Strong: the same bytes, and nothing else, have it; `form`: what was made of them."""
    return f'"{file.sha256.hex()}{form and "-"}{form}"'


def _saved_name(file: Readable) -> str:
    return f"{file.name.rpartition('.')[0] or file.name}.webp" if file.is_rendition else file.name
