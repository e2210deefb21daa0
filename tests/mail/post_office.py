"""A mail server on loopback, which keeps what it takes."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests.support.load import PATIENCE_S

USER, SECRET = "parley", "a secret: of 7/8?"


class PostOffice:
    """Takes mail at `port`; each attempt is first answered with one of `refusals`, while there are any."""

    def __init__(self) -> None:
        self.port = 0
        self.refusals: list[str] = []
        self._taken: asyncio.Queue[EmailMessage] = asyncio.Queue()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?from=chat@example.org"

    async def next(self) -> EmailMessage:
        async with asyncio.timeout(PATIENCE_S):
            return await self._taken.get()

    def is_empty(self) -> bool:
        return self._taken.empty()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.refusals:
            return self.refusals.pop(0)
        message = message_from_bytes(bytes(envelope.content or b""), policy=policy.default)
        assert isinstance(message, EmailMessage)
        assert envelope.rcpt_tos == [message["To"]]
        self._taken.put_nowait(message)
        return "250 OK"


@asynccontextmanager
async def post_office(*, tls: ssl.SSLContext | None = None, start_tls: bool = False) -> AsyncIterator[PostOffice]:
    """`tls`: it asks for `USER` and `SECRET`, over TLS from the first byte or, with `start_tls`, after that command."""
    office = PostOffice()

    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
        return AuthResult(success=(given.login, given.password) == (USER.encode(), SECRET.encode()), handled=False)

    def make() -> SMTP:
        if tls is None:
            return SMTP(office, enable_SMTPUTF8=True)
        known = {"authenticator": authenticate, "auth_required": True, "auth_require_tls": start_tls}
        return SMTP(office, tls_context=tls if start_tls else None, require_starttls=start_tls, **known)

    loop = asyncio.get_running_loop()
    server = await loop.create_server(make, "127.0.0.1", 0, ssl=None if start_tls else tls)
    office.port = server.sockets[0].getsockname()[1]
    try:
        yield office
    finally:
        server.close()
        await server.wait_closed()
