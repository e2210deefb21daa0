"""The headers of the tus resumable upload protocol, version 1.0.0: https://tus.io/protocols/resumable-upload. Pure."""

import binascii
import hashlib
import hmac
import re
from base64 import b64decode
from collections.abc import AsyncIterator, Mapping

from aiohttp import web

from app.base.errors import BadCommand
from app.files.uploads.refusals import ChecksumMismatch, UnknownVersion, WrongType
from app.web.asked import BIGINT_MAX

PATH = "/api/uploads"
VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,termination"
CHECKSUMS = ("sha1", "sha256")
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


class Checksum:
    """What the bytes of one request must add up to."""

    def __init__(self, algorithm: str, wanted: bytes) -> None:
        self._digest, self._wanted = hashlib.new(algorithm, usedforsecurity=False), wanted

    async def over(self, source: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The same bytes; raises ChecksumMismatch at their end."""
        async for data in source:
            self._digest.update(data)
            yield data
        if not hmac.compare_digest(self._digest.digest(), self._wanted):
            raise ChecksumMismatch


def checksum(request: web.Request) -> Checksum | None:
    """What `Upload-Checksum` says: an algorithm, and the sum in Base64.

    Raises:
        BadCommand
    """
    header = request.headers.get("Upload-Checksum")
    if header is None:
        return None
    algorithm, _, encoded = header.strip().partition(" ")
    try:
        wanted = b64decode(encoded.strip(), validate=True)
    except ValueError:
        wanted = b""
    if algorithm not in CHECKSUMS or not wanted:
        raise BadCommand(f"The header Upload-Checksum takes {' or '.join(CHECKSUMS)}, and the sum in Base64.")
    return Checksum(algorithm, wanted)
