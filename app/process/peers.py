"""The HTTP connections of a process: each has a time for what it sends, and room is kept for those who are signed in.

A WebSocket is no longer among them once its handshake is done, see app/live/websocket.py.
"""

import asyncio
import functools
import itertools
import math
from collections.abc import Iterable
from typing import Any

from aiohttp import StreamReader, web
from aiohttp.web_protocol import RequestHandler
from aiohttp.web_urldispatcher import MatchInfoError
from multidict import CIMultiDict, CIMultiDictProxy

from app.process.descriptors import Counted

CHECK_S = 1.0
HEADERS_S = 10.0  # from the first byte of a request, or from the beginning of the connection
# In each so many seconds, so many bytes of a body must come, unless it is we who do not read. Longer than the silence
# after which an upload is answered.
BODY_S, LEAST_BODY_BYTES = 40.0, 4 * 1024
SILENT_S = 5.0  # without a byte of its body, a request counts as idle
MOST_STRANGERS = 2_000
# Of the descriptors one in so many, within these bounds, is for files, the database, and for what has been accepted and
# not been looked at: the loop accepts `ACCEPTED` in a turn, and looks at each a few turns later.
KEPT_PART, KEPT, KEPT_MOST = 8, 96, 512
ACCEPTED = 8

SIGNED_IN: web.RequestKey[bool] = web.RequestKey("signed_in")  # set for a request with a living session


class Peer(RequestHandler):
    """aiohttp's, with a time for headers and for bodies, and with our answer to what is no HTTP."""

    __slots__ = ("_all", "_app", "_body", "_body_bytes", "_body_since", "_headers_since", "_received_at")

    def __init__(self, peers: "Peers", app: web.Application, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._all, self._app = peers, app
        self._received_at = self._body_since = self._loop.time()
        self._headers_since = self._received_at  # since when headers are awaited; infinite: they are not
        self._body: StreamReader | None = None  # of the last request
        self._body_bytes = 0  # that came since `_body_since`

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._all.add(self, transport.get_extra_info("socket").fileno())

    def connection_lost(self, exc: BaseException | None) -> None:
        self._all.discard(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        count, was_in_body = self._request_count, self._is_in_body()
        super().data_received(data)
        self._received_at = self._loop.time()
        if self._request_count > count and self._messages:
            self._body = self._messages[-1][1]
            self._headers_since, self._body_since, self._body_bytes = math.inf, self._received_at, 0
        elif was_in_body:
            self._body_bytes += len(data)
        elif data:
            self._headers_since = min(self._headers_since, self._received_at)

    def is_overdue(self, now: float) -> bool:
        """Whether headers, or the next bytes of a body, have taken too long; to be asked every now and then."""
        if now - self._headers_since > HEADERS_S:
            return True
        if not self._is_in_body() or self._reading_paused or self._buffer_paused:
            self._body_since, self._body_bytes = now, 0
        elif now - self._body_since > BODY_S:
            if self._body_bytes < LEAST_BODY_BYTES:
                return True
            self._body_since, self._body_bytes = now, 0
        return False

    def is_idle(self, now: float) -> bool:
        """Whether we wait for them: for a request, or for a body of which nothing has come for a while."""
        is_asking = self._request_in_progress or bool(self._messages)
        return not is_asking or (self._is_in_body() and now - self._received_at > SILENT_S)

    def abort(self) -> None:
        if self.transport is not None:
            self.transport.abort()

    def log_access(self, request: web.BaseRequest, response: web.StreamResponse, time: float | None) -> None:
        if SIGNED_IN in request:
            self._all.is_signed_in(self)
        super().log_access(request, response, time)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what the parser refuses as everything else is answered: with the app's headers, and nothing of ours.

        aiohttp names Python and itself, and logs a traceback for each.
        """
        if status >= 500:
            return super().handle_error(request, status, exc, message)
        found = MatchInfoError(web.HTTPBadRequest())
        found.add_app(self._app)
        request._match_info = found  # type: ignore[attr-defined]  # what `on_response_prepare` is called by
        request._headers = CIMultiDictProxy(CIMultiDict())  # aiohttp's is a dict here, which cannot all that these can
        response = web.Response(status=status, text="The server could not make sense of this request.\n")
        response.force_close()
        return response

    def _is_in_body(self) -> bool:
        return self._body is not None and not self._body.is_eof()


class Peers:
    """All of a process; `most_descriptors` is how many it may have open."""

    def __init__(self, app: web.Application, most_descriptors: int) -> None:
        self._app = app
        self._last_descriptor = most_descriptors - min(max(KEPT, most_descriptors // KEPT_PART), KEPT_MOST)
        self._most_strangers = min(MOST_STRANGERS, most_descriptors // 2)
        # By age. Strangers are those who have not sent a request with a living session.
        self._strangers: dict[Peer, None] = {}
        self._signed_in: dict[Peer, None] = {}
        self._closed_for_others = Counted("closed idle connections to make room")
        self._refused = Counted("no room for another connection")

    async def watch_for_ever(self) -> None:
        """Cut off who takes too long to send a request; endless."""
        while True:
            await asyncio.sleep(CHECK_S)
            now = asyncio.get_running_loop().time()
            for peer in [*self._strangers, *self._signed_in]:
                if peer.is_overdue(now):
                    peer.abort()

    def add(self, peer: Peer, descriptor: int) -> None:
        """Take a new connection, and close an idle one where there are too many.

        A new socket gets the lowest number that is free: all below are in use.
        """
        self._strangers[peer] = None
        if descriptor >= self._last_descriptor:
            if not self._close_one(itertools.chain(self._strangers, self._signed_in), but=peer):
                self._refused.add()
                peer.abort()
        elif len(self._strangers) > self._most_strangers:
            self._close_one(self._strangers, but=peer)

    def is_signed_in(self, peer: Peer) -> None:
        if self._strangers.pop(peer, peer) is None:
            self._signed_in[peer] = None

    def discard(self, peer: Peer) -> None:
        self._strangers.pop(peer, None)
        self._signed_in.pop(peer, None)

    def _close_one(self, peers: Iterable[Peer], but: Peer) -> bool:
        """Close the oldest that is idle; False where none is."""
        now = asyncio.get_running_loop().time()
        oldest = next((one for one in peers if one is not but and one.is_idle(now)), None)
        if oldest is None:
            return False
        self._closed_for_others.add()
        self.discard(oldest)  # at once: the loop says only later that it is lost
        oldest.abort()
        return True


class Site(web.SockSite):
    """aiohttp's, which makes our connections."""

    def __init__(self, runner: web.AppRunner, listener: Any, peers: Peers, *, backlog: int) -> None:
        super().__init__(runner, listener, backlog=backlog)
        self._peers = peers

    async def start(self) -> None:
        await web.BaseSite.start(self)
        loop, server = asyncio.get_running_loop(), self._runner.server
        assert server is not None  # noqa: S101 (set up by whoever made the site)
        connect = functools.partial(Peer, self._peers, self._peers._app, server, loop=loop, **server._kwargs)
        self._server = await loop.create_server(connect, sock=self._sock, backlog=ACCEPTED)
        self._sock.listen(self._backlog)  # again, as asyncio has one number for both
