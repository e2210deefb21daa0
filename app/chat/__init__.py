"""Rooms in which people talk: the page, the socket, the one path of a message."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from functools import partial

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from app.auth import ACCOUNTS, ON_ACCOUNT_CREATED, ON_SESSION_ENDED
from app.base.config import CONFIG, Config
from app.chat import views
from app.chat.incoming import Incoming
from app.chat.keys import BUS, CHAT, FOLLOWING, HISTORY, HUB, LIMITS, ON_BYTES_LEFT, ON_WRITTEN, PRESENCE
from app.chat.limits import Limits
from app.chat.memberships.following import Following
from app.chat.memberships.members import join_rooms_for_everyone
from app.chat.memberships.read_marks import ReadMarks
from app.chat.messages.delivery import Delivery
from app.chat.messages.history import History
from app.chat.messages.journal import Journal
from app.chat.messages.message_source import MessageSource
from app.chat.presence.presence import Presence
from app.chat.service import ChatService
from app.chat.sessions import end_dead_sessions_for_ever, end_session
from app.chat.wire import events, notes
from app.db.driver.engine import ENGINE, make_engine
from app.db.replica import Replica
from app.live.bus import Bus
from app.live.hub import Hub
from app.live.postgres_bus import PostgresBus
from app.live.redis_bus import RedisBus
from app.live.tasks import running


def setup(app: web.Application) -> None:
    """Add the chat to the app: its views, and the tasks that run beside them."""
    app.add_routes(views.routes)
    app[ON_ACCOUNT_CREATED] = join_rooms_for_everyone
    app[ON_WRITTEN] = lambda room, rev: None
    app[ON_SESSION_ENDED] = lambda session_id: end_session(session_id, app[HUB], app[BUS])
    app.cleanup_ctx.append(_live)
    app.on_shutdown.append(_close)


async def _live(app: web.Application) -> AsyncIterator[None]:
    config, engine = app[CONFIG], app[ENGINE]
    replica = Replica(config)
    # The journal tries again what fails, so it needs no ping, and waits for nobody else's statements.
    writer = make_engine(config, size=1, ping=False)
    async with _bus(config, engine) as bus:
        app[BUS] = bus
        app[LIMITS] = Limits(config)
        app[HISTORY] = History(engine, replica)
        async with running(*_parts(app, writer)):
            yield
    await replica.close()
    await writer.dispose()


def _parts(app: web.Application, writer: AsyncEngine) -> Iterator[Callable[[], Coroutine[None, None, None]]]:
    """Make what lives as long as the app and is handed to one another; what each of it has to do meanwhile."""
    config, engine, bus = app[CONFIG], app[ENGINE], app[BUS]
    hub = app[HUB] = Hub(MessageSource(engine), lambda heads: events.encode(events.Heads(heads)), config.heartbeat_s)
    presence = app[PRESENCE] = Presence(hub, bus)
    following = app[FOLLOWING] = Following(engine, bus, presence)
    read_marks = ReadMarks(engine, hub, bus)
    delivery = Delivery(hub, bus, app[ON_WRITTEN])
    journal = Journal(writer, delivery.deliver)
    app[CHAT] = ChatService(
        engine,
        hub,
        bus,
        limits=app[LIMITS],
        journal=journal,
        delivery=delivery,
        following=following,
        read_marks=read_marks,
        on_bytes_left=app[ON_BYTES_LEFT],
    )
    yield journal.run
    yield partial(bus.run, Incoming(hub, following, read_marks, presence, app[ON_WRITTEN]))
    yield hub.loader.load_for_ever
    yield hub.loader.reconcile_for_ever
    yield following.compare_for_ever
    yield read_marks.send_for_ever
    yield hub.send_heads_for_ever
    yield hub.clients.beat_for_ever
    yield presence.tick_for_ever
    yield partial(end_dead_sessions_for_ever, hub, app[ACCOUNTS], config.heartbeat_s)


@asynccontextmanager
async def _bus(config: Config, engine: AsyncEngine) -> AsyncIterator[Bus[notes.Note]]:
    """The bus of the settings, and the connections it makes."""
    if config.redis_url is not None:
        yield RedisBus(notes.DECODER, config.redis_url.get_secret_value())
        return
    listener = make_engine(config, config.session_url, size=0)
    yield PostgresBus(notes.DECODER, listener, engine)
    await listener.dispose()


async def _close(app: web.Application) -> None:
    await app[CHAT].close()
