"""The conversation over one WebSocket: commands in, events out. One of the two places that translate errors."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable

from aiohttp import WSMessage, WSMsgType

from app.base.errors import AppError, BadCommand, RateLimited, Unavailable
from app.base.log_fields import fields
from app.chat.service import ChatService
from app.chat.subscriptions import Later, Subscriptions
from app.chat.wire import events
from app.chat.wire.commands import (
    Amendment,
    Post,
    Read,
    Resume,
    Typing,
    Unread,
    parse,
)
from app.chat.wire.events import Ack, encode
from app.chat.wire.preferences import Preference
from app.db.driver.causes import cause_of, unavailable
from app.db.driver.engine import DATABASE_GONE
from app.limits.limits import Limits
from app.limits.sockets import Sockets
from app.live.client import Close
from app.live.hub import Hub
from app.live.refusals import count_refusal

log = logging.getLogger(__name__)
access = logging.getLogger("app.access")

MAX_WAITING = 64  # frames behind a command that waits for the database; what comes after stays in the network
MAX_REFUSALS = 200  # more than successes in one socket's life; a page of ours never gets there


class SocketSession:
    """The conversation over one socket: commands come in, answers go out.

    Commands are carried out in the order in which they came. One that needs no waiting, such as a post, is done at
    once; for any other a task is made, which ends when nothing is left to do.
    """

    def __init__(
        self, chat: ChatService, limits: Limits, hub: Hub, subscriptions: Subscriptions, sockets: Sockets
    ) -> None:
        self._chat, self._limits, self._hub, self._subscriptions = chat, limits, hub, subscriptions
        self._client, self._author = subscriptions.client, subscriptions.author
        self._sockets = sockets
        self._refusals = 0
        self._waiting: deque[WSMessage | Later] | None = None  # not an empty deque: mostly nothing waits
        self._task: asyncio.Task[None] | None = None
        self._is_lost = False
        self._later(self._open())

    def on_message(self, message: WSMessage) -> None:
        """Carry out a frame's command, now or after those before it; a refusal is answered, and the socket lives."""
        if self._task is None:
            self._take(message)
        elif self._wait(message) >= MAX_WAITING:
            self._client.ws.pause_reading()

    def _wait(self, command: WSMessage | Later) -> int:
        """Keep a command for later; how many wait now."""
        if self._waiting is None:
            self._waiting = deque()
        self._waiting.append(command)
        return len(self._waiting)

    def on_blocked(self) -> None:
        self._hub.on_blocked(self._client)

    def on_lost(self) -> None:
        """Forget the socket, as soon as what is under way has ended."""
        self._is_lost = True
        ws = self._client.ws
        lasted_s = f"{ws.lasted_s:.1f}"
        access.info("socket ended", extra=fields(user=self._author.id, code=int(ws.code), s=lasted_s))
        if self._task is None:
            self._forget()

    def _forget(self) -> None:
        self._hub.forget(self._client)
        self._subscriptions.forget()

    async def _open(self) -> None:
        """Say hello and subscribe to every room, or close the socket."""
        if self._chat.is_closing:  # since the handshake was begun
            self._client.close(Close.RESTART)
            return
        if not self._sockets.has_room(self._client.user_id):
            self._client.close(Close.TOO_MANY_SOCKETS)
            return
        self._hub.admit(self._client)
        self._subscriptions.begin(self._after)
        try:
            await self._subscriptions.open()
        except DATABASE_GONE as error:
            log.warning("socket not opened user=%d reason=%s", self._author.id, cause_of(error).reason)
            self._client.close(Close.OVERLOADED)

    # Commands

    def _take(self, message: WSMessage | Later) -> None:
        if callable(message):
            self._later(message())
            return
        try:
            if message.type is not WSMsgType.TEXT:
                raise BadCommand("Frames must be text.")
            self._obey(message.data)
        except AppError as error:
            self._refuse(error)

    def _obey(self, frame: str) -> None:
        match parse(frame):
            case Post() as post:
                self._post(post)
                return  # it succeeds or fails with the commit
            case Typing() as typing:
                self._chat.typing(self._client, self._author, typing)
                self._forgive()
            case Amendment() as amendment:
                self._later(self._chat.amend(self._author, amendment, self._send), str(amendment.id))
            case Resume() as resume:
                self._later(self._resume(resume))
            case Read() as read:
                self._later(self._chat.read(self._client, read))
            case Unread() as unread:
                self._later(self._chat.unread(self._client, unread))
            case Preference() as preference:
                self._later(self._set(preference))

    def _after(self, command: Later) -> None:
        """Do something of our own, after what is under way."""
        if self._task is None:
            self._take(command)
        else:
            self._wait(command)

    def _later(self, command: Awaitable[object], command_id: str | None = None) -> None:
        self._task = asyncio.create_task(self._finish(command, command_id))

    async def _finish(self, command: Awaitable[object], command_id: str | None) -> None:
        """Do what has to be awaited, then what came meanwhile."""
        try:
            await self._wait_for(command, command_id)
        except Exception:  # the edge of a task: nobody else would notice
            log.exception("socket failed user=%d", self._author.id)
            self._client.close(Close.OUR_FAULT)
        self._task = None
        while self._waiting and self._task is None and not self._client.ws.closed_by_us:
            self._take(self._waiting.popleft())
        if not self._waiting:
            self._waiting = None
            self._client.ws.resume_reading()
        if self._is_lost and self._task is None:
            self._forget()

    async def _wait_for(self, command: Awaitable[object], command_id: str | None) -> None:
        try:
            await command
            self._forgive()
        except AppError as error:
            self._refuse(error, command_id)
        except DATABASE_GONE as error:
            log.warning("command refused user=%d reason=%s", self._author.id, cause_of(error).reason)
            self._refuse(unavailable(error), command_id)

    def _post(self, post: Post) -> None:
        def answer(outcome: Ack | AppError) -> None:
            if isinstance(outcome, Ack):
                self._forgive()
                self._send(outcome)
            else:
                self._refuse(outcome, str(post.id))

        try:
            self._chat.post(self._author, post, answer)
        except AppError as error:
            answer(error)

    async def _resume(self, resume: Resume) -> None:
        """Send what was missed, or close the socket, which would otherwise live on with a gap that nobody fills."""
        try:
            self._limits.count_other(self._author.id)
            await self._subscriptions.resume(resume)
        except RateLimited:
            self._client.close(Close.RATE_LIMITED)
        except DATABASE_GONE as error:
            log.warning("socket not resumed user=%d reason=%s", self._author.id, cause_of(error).reason)
            self._client.close(Close.OVERLOADED)

    async def _set(self, preference: Preference) -> None:
        await self._chat.set_preference(self._author.id, preference)
        self._subscriptions.confirm(preference)

    # Answers

    def _send(self, event: events.Event) -> None:
        self._hub.send(self._client, encode(event))

    def _refuse(self, error: AppError, command_id: str | None = None) -> None:
        """Send an error as an event, with the id of the command where it had one."""
        count_refusal(error)
        if not isinstance(error, Unavailable):  # that is our fault
            self._refusals += 1
        if self._refusals > MAX_REFUSALS:
            self._client.close(Close.RATE_LIMITED)
            return
        if command_id is None and isinstance(error, BadCommand):
            command_id = error.command_id
        self._send(events.Error(error.code, error.message, command_id, error.retry_after_s))

    def _forgive(self) -> None:
        """A command succeeded, which makes up for one that did not."""
        self._refusals = max(0, self._refusals - 1)
