"""What a file is, by its first bytes alone: neither its name nor what its sender says of it is asked.

Pure. The signatures are those of the WHATWG's MIME Sniffing Standard, ISO/IEC 14496-12 (`ftyp`), RFC 3533 (Ogg),
RFC 9639 (FLAC), RFC 9559 (Matroska) and ISO/IEC 11172-3 (MP3).
"""

import codecs
import re
from typing import Literal, NamedTuple

Kind = Literal["picture", "video", "audio", "text", "file"]

HEAD_BYTES = 4096  # as many are looked at


class Judged(NamedTuple):
    kind: Kind
    type: str  # a media type that is safe to send with these bytes


FILE = Judged("file", "application/octet-stream")
TEXT = Judged("text", "text/plain")  # whatever it is written in: HTML, SVG and scripts, too
MP3 = Judged("audio", "audio/mpeg")

_SIGNATURES: tuple[tuple[bytes, Judged], ...] = (
    (rb"\xFF\xD8\xFF", Judged("picture", "image/jpeg")),
    (rb"\x89PNG\r\n\x1A\n", Judged("picture", "image/png")),
    (rb"GIF8[79]a", Judged("picture", "image/gif")),
    (rb"RIFF....WEBPVP8[ LX]", Judged("picture", "image/webp")),
    (rb"RIFF....WAVE", Judged("audio", "audio/wav")),
    (rb"ID3[\x02-\x04]", MP3),
    (rb"fLaC", Judged("audio", "audio/flac")),
    (rb"OggS.*\x80theora", Judged("video", "video/ogg")),
    (rb"OggS.*(?:\x01vorbis|OpusHead|\x7FFLAC|Speex  )", Judged("audio", "audio/ogg")),
    (rb"\x1A\x45\xDF\xA3.*?\x42\x82.webm.*V_(?:VP[89]|AV1)", Judged("video", "video/webm")),
    (rb"\x1A\x45\xDF\xA3.*?\x42\x82.webm.*A_(?:OPUS|VORBIS)", Judged("audio", "audio/webm")),
    (rb"\x1A\x45\xDF\xA3.*?\x42\x82.webm", Judged("video", "video/webm")),
    (rb"%PDF-", Judged("file", "application/pdf")),
    (rb"PK\x03\x04", Judged("file", "application/zip")),
)  # fmt: skip
_COMPILED = [(re.compile(signature, re.DOTALL), judged) for signature, judged in _SIGNATURES]

# Brands of ISO files by what plays or shows them. HEIC is shown by one browser only.
_BRANDS: tuple[tuple[frozenset[bytes], Judged], ...] = (
    (frozenset({b"avif", b"avis"}), Judged("picture", "image/avif")),
    (frozenset({b"heic", b"heix", b"hevc", b"hevx"}), Judged("file", "image/heic")),
    (frozenset({b"M4A ", b"M4B ", b"M4P "}), Judged("audio", "audio/mp4")),
    (frozenset({b"qt  "}), Judged("video", "video/quicktime")),
    (frozenset({b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash", b"MSNV",
                b"f4v ", b"3gp4", b"3gp5", b"3gp6"}), Judged("video", "video/mp4")),
)  # fmt: skip

_CONTROLS = re.compile(rb"[\x00-\x08\x0E-\x1A\x1C-\x1F]")  # in no text, but for the escape of coloured output


def kind_of(head: bytes) -> Judged:
    """What a file is whose first `HEAD_BYTES` bytes these are, or all of them if it is shorter."""
    head = head[:HEAD_BYTES]
    for signature, judged in _COMPILED:
        if signature.match(head):
            return judged
    if _is_mp3_frame(head):
        return MP3
    return _of_brands(head) or (TEXT if _is_text(head) else FILE)


def _is_mp3_frame(head: bytes) -> bool:
    """Whether a frame of layer III begins here, with a version, a bit rate and a sampling rate that exist."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return False
    return head[1] & 0x18 != 0x08 and head[2] >> 4 not in {0, 15} and head[2] & 0x0C != 0x0C


def _of_brands(head: bytes) -> Judged | None:
    """What an ISO file is: by its major brand, then by those that it is compatible with."""
    if head[4:8] != b"ftyp":
        return None
    end = min(int.from_bytes(head[:4], "big"), len(head))
    names = [head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))]
    found = (judged for name in names for brands, judged in _BRANDS if name in brands)
    return next(found, None)


def _is_text(head: bytes) -> bool:
    """UTF-8 without controls; a sign that the end of the head cuts in two is none of its faults."""
    if not head or _CONTROLS.search(head):
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=len(head) < HEAD_BYTES)
    except UnicodeDecodeError:
        return False
    return True
