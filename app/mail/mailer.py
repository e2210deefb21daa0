"""Sends letters one after the other, so that nobody waits for a mail server, nor sees how long it took.

What waits is in memory alone: a letter that a process takes with it when it ends has to be asked for again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import aiosmtplib

from app.base.log_fields import fields
from app.db.driver.engine import DATABASE_GONE
from app.mail.letter import Letter
from app.mail.server import MailServer

log = logging.getLogger(__name__)

MOST_WAITING = 200
AGAIN_AFTER_S = (5.0, 30.0)  # of a server that is away, or says that it is busy
REFUSED_FOR_GOOD = 500  # and above, by RFC 5321, 4.2.1

Write = Callable[[], Awaitable[Letter | None]]


class Mailer:
    """One a process. `is_on`: there is a server to send by."""

    def __init__(self, url: str | None) -> None:
        self._server = MailServer(url) if url is not None else None
        self._waiting: asyncio.Queue[Write] = asyncio.Queue(MOST_WAITING)

    @property
    def is_on(self) -> bool:
        return self._server is not None

    def post(self, write: Write) -> None:
        """Write and send a letter later; `write` may find that there is none to be sent."""
        try:
            self._waiting.put_nowait(write)
        except asyncio.QueueFull:
            log.warning("a letter is not sent: too many wait")

    async def send_for_ever(self) -> None:
        """Send what was posted; endless."""
        while True:
            write = await self._waiting.get()
            try:
                letter = await write()
            except DATABASE_GONE as error:
                log.warning("a letter is not written", extra=fields(reason=type(error).__name__))
                continue
            if letter is not None and self._server is not None:
                await self._send(self._server, letter)

    async def _send(self, server: MailServer, letter: Letter) -> None:
        for pause_s in (*AGAIN_AFTER_S, None):
            try:
                await server.send(letter)
            except (aiosmtplib.SMTPException, OSError) as error:
                code = getattr(error, "code", 0)
                log.warning("a letter is not sent", extra=fields(reason=type(error).__name__, code=code))
                if pause_s is None or code >= REFUSED_FOR_GOOD:
                    return
                await asyncio.sleep(pause_s)
            else:
                log.info("a letter is sent", extra=fields(subject=letter.subject))
                return
