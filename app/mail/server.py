"""The mail server of `SMTP_URL`."""

from functools import partial
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from app.mail.letter import Letter

TIMEOUT_S = 20
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class MailServer:
    """`smtps://` is TLS from the first byte; `smtp://` begins TLS where the server offers it.

    A password, and so the links in our letters, go to another machine by TLS only.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        host, is_tls = str(parts.hostname), parts.scheme == "smtps"
        must_begin_tls = not is_tls and host not in _LOOPBACK and bool(parts.username)
        self._sender = parse_qs(parts.query)["from"][0]
        self._send = partial(
            aiosmtplib.send,
            hostname=host,
            port=parts.port,
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            use_tls=is_tls,
            start_tls=True if must_begin_tls else False if is_tls else None,
            timeout=TIMEOUT_S,
        )

    async def send(self, letter: Letter) -> None:
        """Hand a letter to the server.

        Raises:
            aiosmtplib.SMTPException, OSError: it was not taken.
        """
        await self._send(letter.as_message(self._sender))
