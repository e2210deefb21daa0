"""The headers of the tus resumable upload protocol, version 1.0.0: https://tus.io/protocols/resumable-upload. Pure."""

import binascii
import re
from base64 import b64decode
from collections.abc import Mapping

from aiohttp import web

from app.base.errors import BadCommand
from app.files.uploads.refusals import UnknownVersion, WrongType
from app.web.asked import BIGINT_MAX

PATH = "/api/uploads"
VERSION = "1.0.0"
EXTENSIONS = "creation,termination"
BYTES_TYPE = "application/offset+octet-stream"
MOST_METADATA_CHARS = 8_000

_DIGITS = re.compile(r"[0-9]{1,19}")


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Set what the protocol wants in every answer, errors, too."""
    if request.path == PATH or request.path.startswith(f"{PATH}/"):
        response.headers["Tus-Resumable"] = VERSION
        if request.method == "OPTIONS" or response.status == UnknownVersion.http_status:
            response.headers["Tus-Version"] = VERSION


def check_version(request: web.Request) -> None:
    """Raises UnknownVersion."""
    if request.headers.get("Tus-Resumable") != VERSION:
        raise UnknownVersion


def check_type(request: web.Request) -> None:
    """Raises WrongType."""
    if request.content_type != BYTES_TYPE:
        raise WrongType


def number(request: web.Request, header: str) -> int:
    """A whole number in a header.

    Raises:
        BadCommand
    """
    text = request.headers.get(header, "")
    if not _DIGITS.fullmatch(text) or int(text) > BIGINT_MAX:
        raise BadCommand(f"The header {header} must be a whole number.")
    return int(text)


def metadata(request: web.Request) -> Mapping[str, str]:
    """What `Upload-Metadata` has: keys, each with a value in Base64, of UTF-8.

    Raises:
        BadCommand
    """
    header = request.headers.get("Upload-Metadata", "")
    if len(header) > MOST_METADATA_CHARS:
        raise BadCommand("The header Upload-Metadata is too long.")
    try:
        pairs = [pair.strip().partition(" ") for pair in header.split(",") if pair.strip()]
        found = {key: b64decode(value.strip(), validate=True).decode() for key, _, value in pairs}
    except (binascii.Error, ValueError):
        raise BadCommand("The header Upload-Metadata makes no sense: its values are UTF-8 in Base64.") from None
    if any("\0" in value for value in found.values()):
        raise BadCommand("Take out the invisible characters.")
    return found
