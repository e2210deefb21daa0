r"""Halves of signs in JSON: `\ud83d` alone is no text, though some programs write it. It becomes U+FFFD. Pure."""

import re
from collections.abc import Callable
from typing import TypeVar

import msgspec

_Found = TypeVar("_Found")
_ESCAPE = re.compile(
    rb"\\(?:(u[Dd][89ABab][0-9A-Fa-f]{2}\\u[Dd][C-Fc-f][0-9A-Fa-f]{2})|(u[Dd][89A-Fa-f][0-9A-Fa-f]{2})|.)", re.DOTALL
)


def decoded(decode: Callable[[bytes], _Found], content: bytes) -> _Found:
    """What `decode` makes of JSON, and of what is none for halves of signs alone.

    Raises:
        msgspec.DecodeError
    """
    try:
        return decode(content)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        mended = _ESCAPE.sub(_whole, content)
        if mended == content:
            raise
        return decode(mended)


def _whole(found: "re.Match[bytes]") -> bytes:
    return rb"\ufffd" if found[2] else found[0]
