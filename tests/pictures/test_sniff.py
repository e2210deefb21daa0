"""What a file is, by its first bytes: files made by the programs that make them, and those that lie."""

import io
import wave
import zipfile

import pytest
from PIL import Image

from app.pictures.sniff import FILE, HEAD_BYTES, TEXT, kind_of

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def picture(form: str) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(made, form)
    return made.getvalue()


def sound() -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(160))
    return made.getvalue()


def archive() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("a.txt", "a")
    return made.getvalue()


def iso(major: bytes, *others: bytes) -> bytes:
    body = b"ftyp" + major + bytes(4) + b"".join(others)
    return (len(body) + 4).to_bytes(4, "big") + body + b"\x00\x00\x00\x08moov"


def webm(*tracks: bytes, doctype: bytes = b"webm") -> bytes:
    return b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82" + bytes([0x80 | len(doctype)]) + doctype + b"".join(tracks)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WebP", "AVIF"])
def test_a_picture_of_each_known_form_is_a_picture(form: str) -> None:
    assert kind_of(picture(form)) == ("picture", f"image/{form.lower()}")


@pytest.mark.parametrize(
    ("head", "kind", "media_type"),
    [
        (iso(b"isom", b"iso2", b"avc1"), "video", "video/mp4"),
        (iso(b"zzzz", b"mp42"), "video", "video/mp4"),
        (iso(b"qt  "), "video", "video/quicktime"),
        (webm(b"V_VP9", b"A_OPUS"), "video", "video/webm"),
        (webm(), "video", "video/webm"),
        (b"OggS\x00\x02" + bytes(22) + b"\x80theora", "video", "video/ogg"),
        (iso(b"M4A ", b"mp42"), "audio", "audio/mp4"),
        (webm(b"A_OPUS"), "audio", "audio/webm"),
        (b"OggS\x00\x02" + bytes(22) + b"OpusHead", "audio", "audio/ogg"),
        (b"ID3\x04\x00", "audio", "audio/mpeg"),
        (b"\xff\xfb\x90\x64" + bytes(400), "audio", "audio/mpeg"),
        (sound(), "audio", "audio/wav"),
        (b"fLaC\x00\x00\x00\x22", "audio", "audio/flac"),
        (archive(), "file", "application/zip"),
        (b"%PDF-1.7\n%\xe2\xe3", "file", "application/pdf"),
        (iso(b"heic", b"mif1"), "file", "image/heic"),
        (iso(b"mif1", b"avif"), "picture", "image/avif"),
    ],
)
def test_what_is_known_by_its_first_bytes(head: bytes, kind: str, media_type: str) -> None:
    assert kind_of(head) == (kind, media_type)


@pytest.mark.parametrize(
    "head",
    [
        SVG,
        b"<!doctype html><script>alert(1)</script>",
        b"\xef\xbb\xbfa;b\n",
        "Grüße 😀\n".encode(),
        b"\x1b[31mred\x1b[m\n",
    ],
)
def test_whatever_is_written_is_text(head: bytes) -> None:
    assert kind_of(head) == TEXT


def test_a_sign_that_the_end_of_the_head_cuts_is_text_and_one_that_the_end_of_the_file_cuts_is_not() -> None:
    cut = b"a" * (HEAD_BYTES - 1) + "ü".encode()

    assert kind_of(cut) == TEXT
    assert kind_of("ü".encode()[:1]) == FILE


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"MZ\x90\x00",
        "A".encode("utf-16"),
        b"\xff\xfeA\x00",
        b"text with a NUL\x00",
        b"caf\xe9",
        b"\xff\xd8",
        b"RIFF\x00\x00\x00\x00WEBP",
        webm(b"V_VP9", doctype=b"matroska"),
        iso(b"zzzz"),
        b"\xff\xfb\xf0\x64" + bytes(400),
        b"\xff\xea\x90\x64" + bytes(400),
    ],
)
def test_all_else_is_a_file(head: bytes) -> None:
    assert kind_of(head) == FILE


def test_a_head_of_another_kind_decides_whatever_follows() -> None:
    assert kind_of(picture("GIF") + SVG).type == "image/gif"
    assert kind_of(SVG + picture("GIF")) == FILE


def test_only_the_head_is_looked_at() -> None:
    assert kind_of(b"a" * HEAD_BYTES + b"\x00") == TEXT
