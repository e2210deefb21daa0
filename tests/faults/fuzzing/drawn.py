"""What is sent: what fits, broken in places, and what never fitted."""

import json
import string
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.chat.markup.test_markup import pieces
from tests.support.nasty import NASTY, VALUES
from tests.support.xss import VECTORS

COMMANDS: list[dict[str, Any]] = json.loads((Path(__file__).parents[2] / "protocol" / "commands.json").read_text())[
    "valid"
]
MARK = "zz9"  # an element and an attribute that no page of ours has
INJECTED = (
    f"<{MARK} {MARK}=1>",
    f'"><{MARK}>',
    f"' {MARK}=1 '",
    f'" {MARK}=1 "',
    f"</title><{MARK}>",
    f"{{{{{MARK}}}}}",
)
SIGNS = ("", ".", "..", "//", "\\", "\t", "\n", "\r", "\0", "%", "%2f", "%00", "\u2066", "\u202e", "\ud800", "\ufeff")

TEXTS = st.lists(
    st.one_of(pieces, st.sampled_from((*VECTORS, *INJECTED, *SIGNS)), st.text(max_size=4)), max_size=40
).map("".join)
NAMES = st.one_of(
    NASTY,
    st.lists(st.sampled_from((*INJECTED, *SIGNS, *string.ascii_lowercase)) | st.text(max_size=3), max_size=8).map(
        "".join
    ),
)


def _broken(text: str, other: str, place: int, length: int) -> str:
    """A text with a stretch of it in place of another."""
    place %= len(text) + 1
    return text[:place] + other + text[place + length :]


def broken(whole: st.SearchStrategy[str], others: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(_broken, whole, others, st.integers(0, 10_000), st.integers(0, 40))


# Frames

_COMMANDS = st.builds(
    lambda command, changed: json.dumps(command | changed),
    st.sampled_from(COMMANDS),
    st.dictionaries(
        st.sampled_from(("type", "room", "id", "text", "seq", "rooms", "emoji", "level", "x")), VALUES, max_size=2
    ),
)
_POSTS = st.builds(
    lambda id, text: json.dumps({"type": "post", "room": 1, "id": str(id), "text": text}), st.uuids(version=4), TEXTS
)
JSON = st.one_of(_COMMANDS, _POSTS, broken(_COMMANDS, NASTY), VALUES.map(json.dumps), NASTY)
_PAYLOADS = st.one_of(
    JSON.map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=200),
    st.integers(1, 70_000).map(lambda count: b"[" * count),
)
# FIN, the reserved bits and the opcode; mostly those of a whole text.
_FIRST = st.one_of(
    st.just(0x81), st.just(0x81), st.sampled_from((0x01, 0x00, 0x80, 0x82, 0x88, 0x89, 0x8A)), st.integers(0, 255)
)
_LENGTHS = st.one_of(
    st.none(), st.none(), st.none(), st.sampled_from((0, 1, 125, 126, 65_535, 65_536, 2**32, 2**63, 2**64 - 1))
)


def frame(first: int, payload: bytes, mask: bytes | None, length: int | None) -> bytes:
    """A frame of RFC 6455, 5.2; `length` is what it says, None for the truth."""
    said, has_mask = len(payload) if length is None else length, 0x80 if mask is not None else 0
    if said < 126:
        size = bytes((has_mask | said,))
    elif said < 65_536:
        size = bytes((has_mask | 126,)) + said.to_bytes(2, "big")
    else:
        size = bytes((has_mask | 127,)) + said.to_bytes(8, "big")
    hidden = bytes(byte ^ (mask or b"\0\0\0\0")[n % 4] for n, byte in enumerate(payload))
    return bytes((first,)) + size + (mask or b"") + hidden


_MASKS = st.one_of(*[st.binary(min_size=4, max_size=4)] * 9, st.none())
FRAMES = st.lists(st.builds(frame, _FIRST, _PAYLOADS, _MASKS, _LENGTHS) | st.binary(max_size=20), max_size=8).map(
    b"".join
)

# Cookies

_COOKIE_CHARS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=40)


def cookies(session: str) -> st.SearchStrategy[bytes]:
    """Cookie headers: a session broken, twice, under other names, among others, and what is none."""
    values = st.one_of(broken(st.just(session), _COOKIE_CHARS), st.just(session), _COOKIE_CHARS)
    names = st.sampled_from(("parley", "parley-device", "parley-known", "parley-shared", "__Host-parley", "", "$Path"))
    pair = st.builds("{}={}".format, names, values) | _COOKIE_CHARS
    separators = st.sampled_from(("; ", ";", ",", " ", "\t"))
    return st.builds(
        lambda pairs, between: between.join(pairs).encode("latin-1"), st.lists(pair, max_size=5), separators
    )


# Addresses to come back to

_PATH_PIECES = st.sampled_from(
    (
        *(
            "/",
            "//",
            "\\",
            "/\\",
            ".",
            "..",
            "%2e",
            "%2f",
            "%5c",
            "?",
            "#",
            "@",
            ":",
            "evil.example",
            "http:",
            "https://",
        ),
        *(
            "javascript:",
            "data:,x",
            "\t",
            "\n",
            "\r\n",
            " ",
            "%09",
            "%0d%0a",
            "rooms",
            "1",
            "next=",
            "&",
            ";",
            "[",
            "]",
        ),
        *("／", "。", "ⓔ", "\u2028", "\ufeff", "\0", "\ud800", *INJECTED),
    )
)
PATHS = st.lists(_PATH_PIECES | st.text(max_size=2), max_size=10).map("".join)
