"""What must hold, whatever is sent: an answer that is no fault of ours, a page without what was injected."""

import json
import re
import socket
import time
from base64 import urlsafe_b64decode
from contextlib import suppress
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from app.base.errors import BadCommand
from app.base.text import normal_text
from app.chat.markup import markup
from app.chat.markup.markup import TAGS, meaning_of
from app.chat.wire.commands import MAX_TEXT_CHARS, parse
from tests.chat.markup.test_markup import Seen, assert_harmless
from tests.faults.fuzzing.chat import Answer, Chat
from tests.faults.fuzzing.drawn import frame
from tests.live.bare import bare_socket
from tests.support.nasty import quoted

TEMPLATES = Path(__file__).parents[3] / "templates"
MARKUP_S = 0.5  # a few ms on a quiet machine
CODES = range(1_000, 5_000)  # RFC 6455, 7.4; one that a client sent is answered in kind
CLOSE, TEXT = 0x88, 0x81


@cache
def _ours() -> tuple[set[str], set[str]]:
    """The elements and the attributes that our templates have."""
    text = "".join(path.read_text() for path in sorted(TEMPLATES.rglob("*.html"))).lower()
    return {*re.findall(r"<(\w+)", text), *TAGS}, {*re.findall(r"\s([a-z][a-z-]*)\b", text)}


def answered(answer: Answer) -> Answer:
    """One that is no fault of ours, and has no element or attribute that we did not write."""
    assert answer.status < 500, (answer.status, answer.text[-2_000:])
    if "text/html" in answer.headers.get("content-type", ""):
        tags, attributes = _ours()
        seen = Seen(answer.text)
        assert seen.tags <= tags, seen.tags - tags
        names = {name for _, name, _ in seen.attributes}
        assert names <= attributes, names - attributes
    return answer


def markup_of(text: str) -> None:
    """A text becomes HTML that does no harm, in time."""
    text = normal_text(text.replace("\0", "").encode("utf-8", "ignore").decode())[:MAX_TEXT_CHARS]
    markup._parse.cache_clear()
    begun = time.thread_time()
    html = meaning_of(text).html
    took_s = time.thread_time() - begun
    assert took_s < MARKUP_S, took_s
    assert_harmless(html or "")


def frames(chat: Chat, sent: bytes) -> None:
    """Bytes behind a handshake: whatever they are, the socket ends, and every frame that came back is one of ours."""
    with bare_socket(chat.port, f"parley={chat.cookie}") as sock:
        received, code = b"", None
        with suppress(BrokenPipeError, ConnectionResetError):  # it closed before it had read all
            sock.sendall(sent + frame(CLOSE, b"\x03\xe8", b"mask", None))
            sock.shutdown(socket.SHUT_WR)
            while code is None and (more := sock.recv(65_536)):
                received += more
                code = _close_code_in(received)
    assert code is None or code in CODES, code


def _close_code_in(received: bytes) -> int | None:
    """Read the frames of a server one after the other; the code of the one that closes."""
    while len(received) >= 2:
        first, length, start = received[0], received[1], 2
        if length > 125:
            start = 4 if length == 126 else 10
            length = int.from_bytes(received[2:start], "big")
        payload, received = received[start : start + length], received[start + length :]
        if first == CLOSE:
            return int.from_bytes(payload[:2], "big")
        if first == TEXT and len(payload) == length:
            for line in payload.decode().split("\n"):
                assert "type" in json.loads(line), line
    return None


def commands(text: str) -> None:
    """A frame's text is a command, or is refused as one."""
    with suppress(BadCommand):
        parse(text)


def names(chat: Chat, name: str) -> None:
    """Whatever somebody or something is to be called, no page gets more than text by it."""
    answered(chat.post(b"/settings", display_name=name, hue=""))
    answered(chat.get(b"/settings"))
    answered(chat.post(b"/signin", signed_in=False, login=name, display_name=name, email=name, password="short"))
    answered(chat.get(b"/people/" + quoted(name).encode()))
    answered(chat.post(b"/api/rooms/2", json=json.dumps({"name": name, "topic": name})))
    answered(chat.get(b"/rooms/2"))
    answered(chat.get(b"/search?q=" + quoted(name).encode()))


def cookies(chat: Chat, header: bytes) -> None:
    """No cookie is a fault of ours, and none that differs from the session's signs anybody in."""
    answer = answered(chat.ask(b"GET", b"/settings", Cookie=header))
    if answer.status == 200:
        values = re.findall(rb"parley=\s*([^;\s]*)", header)  # aiohttp takes a space for the end of a cookie, too
        assert any(_decoded(value) == _decoded(chat.cookie.encode()) for value in values), header
    answered(chat.ask(b"GET", b"/login", Cookie=header))


def _decoded(value: bytes) -> bytes:
    try:
        return urlsafe_b64decode(value.strip(b' "\t'))
    except ValueError:
        return b""


def comes_back(chat: Chat, wanted: str) -> None:
    """Wherever somebody asks to be sent, it is a page of ours."""
    asked = b"/login?next=" + quoted(wanted).encode()
    _stays(answered(chat.get(asked)))
    form = answered(chat.get(asked, signed_in=False))
    kept = re.search(r'name="next" value="([^"]*)"', form.text)
    assert kept is None or not _leaves(kept[1].replace("&amp;", "&")), kept
    raw = "/" + wanted
    if not re.search(r"[\s\0]", raw) and raw.isascii():
        answer = answered(chat.ask(b"GET", raw.encode()))
        _stays(answer)
        came, _, after = answer.headers.get("location", "").partition("?next=")
        assert came != "/login" or not _leaves(unquote(after)), after


def _stays(answer: Answer) -> None:
    assert not _leaves(answer.headers.get("location", "/")), answer.headers


def _leaves(location: str) -> bool:
    """Whether a browser would go to another site: it drops tabs and line ends, and takes `\\` for `/`."""
    seen = re.sub(r"[\t\r\n]", "", location).strip("".join(map(chr, range(0x21)))).replace("\\", "/")
    try:
        return urlsplit(urljoin("http://ours.example/login", seen)).netloc != "ours.example" or seen.startswith("//")
    except ValueError:
        return True
