"""Rooms in which people talk: the page, the socket, the one path of a message."""

from collections.abc import AsyncIterator
from functools import partial

from aiohttp import web

from app.auth import ACCOUNTS, ON_SESSION_ENDED
from app.chat import events, socket, views
from app.chat.service import ChatService
from app.chat.sessions import end_dead_sessions_for_ever
from app.chat.socket import CHAT
from app.chat.source import MessageSource
from app.config import CONFIG
from app.db.engine import ENGINE, make_engine
from app.live.bus import PostgresBus
from app.live.hub import Hub
from app.live.tasks import running


def setup(app: web.Application) -> None:
    """Add the chat to the app: routes, and the tasks that run beside it."""
    app.router.add_get("/", views.room, name="home")
    app.router.add_get("/ws", socket.websocket, name="socket")
    app.router.add_get(r"/api/rooms/{room:[1-9]\d{0,17}}/messages", views.messages, name="messages")
    app[ON_SESSION_ENDED] = lambda session_id: app[CHAT].end_session(session_id)
    app.cleanup_ctx.append(_live)
    app.on_shutdown.append(_close)


async def _live(app: web.Application) -> AsyncIterator[None]:
    config, engine = app[CONFIG], app[ENGINE]
    hub = Hub(MessageSource(engine), lambda heads: events.encode(events.Heads(heads)), config.heartbeat_s)
    chat = app[CHAT] = ChatService(engine, hub, config)
    listener = make_engine(config, pooled=False)
    bus = chat.bus = PostgresBus(listener, hub.heard, chat.noted, hub.reconcile)
    sessions = partial(end_dead_sessions_for_ever, hub, app[ACCOUNTS], config.heartbeat_s)
    loops = (chat.journal.run, hub.follow_doorbells, hub.reconcile_for_ever, hub.tell_heads_for_ever, bus.run, sessions)
    async with running(*loops):
        yield
    await listener.dispose()


async def _close(app: web.Application) -> None:
    await app[CHAT].close()
