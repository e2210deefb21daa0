"""A real Parley as who sends whatever they like sees it: bytes over TCP, in and out."""

import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass

from tests.support.load import PATIENCE_S
from tests.support.nasty import quoted


@dataclass(frozen=True)
class Answer:
    """What came back: the lines of its head, and the rest."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


@dataclass(frozen=True)
class Chat:
    """`cookie` and `token` are of somebody who is signed in, `stranger` a cookie and a token of somebody who is not."""

    port: int
    cookie: str
    token: str
    stranger: tuple[str, str] = ("", "")

    def ask(self, method: bytes, target: bytes, body: bytes = b"", **headers: bytes) -> Answer:
        """Send one request, of whatever bytes, and read the answer to its end; `_` stands for `-` in names."""
        own = {"Host": f"127.0.0.1:{self.port}".encode(), "Connection": b"close"} | headers
        lines = [name.replace("_", "-").encode() + b": " + value for name, value in own.items()]
        lines += [b"Content-Length: %d" % len(body)] if body else []
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE_S) as sock:
            sock.sendall(b"\r\n".join([method + b" " + target + b" HTTP/1.1", *lines, b"", body]))
            received = b""
            try:
                while more := sock.recv(65_536):
                    received += more
            except ConnectionResetError:  # it answered before it had read all that we sent
                pass
        return _parsed(received)

    def get(self, target: bytes, *, signed_in: bool = True, **headers: bytes) -> Answer:
        cookie = f"parley={self.cookie if signed_in else self.stranger[0]}".encode()
        return self.ask(b"GET", target, **{"Cookie": cookie} | headers)

    def post(self, target: bytes, *, signed_in: bool = True, **fields: str) -> Answer:
        """Send a form, or, where it goes to `/api/`, a body that has the one field `json`."""
        cookie, token = (self.cookie, self.token) if signed_in else self.stranger
        headers = {"Cookie": f"parley={cookie}".encode(), "X_CSRF_Token": token.encode()}
        if target.startswith(b"/api/"):
            return self.ask(b"PATCH", target, fields["json"].encode("utf-8", "surrogatepass"), **headers)
        body = "&".join(f"{name}={quoted(value)}" for name, value in fields.items()).encode()
        return self.ask(b"POST", target, body, **headers, Content_Type=b"application/x-www-form-urlencoded")


def visiting(port: int) -> tuple[str, str]:
    """The cookie and the token of somebody who has opened the form to log in."""
    answer = Chat(port, "", "").ask(b"GET", b"/login")
    cookie = re.search(r"parley=([^;]+)", answer.headers["set-cookie"])
    token = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
    assert cookie is not None
    assert token is not None
    return cookie[1], token[1]


def _parsed(received: bytes) -> Answer:
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    assert re.match(r"HTTP/1\.[01] \d+ ", status), received[:200]
    pairs = (line.partition(": ") for line in lines)
    return Answer(int(status.split()[1]), {name.lower(): value for name, _, value in pairs}, body)
