"""Rooms in which people talk: the page, the socket, the one path of a message."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from functools import partial

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from app.auth import ACCOUNTS, ON_ACCOUNT_CREATED, ON_SESSION_ENDED
from app.base.config import CONFIG, Config
from app.base.secrets import derived_key
from app.chat import views
from app.chat.incoming import Incoming
from app.chat.keys import (
    BUS,
    CHAT,
    FOLLOWING,
    FRAME_RATES,
    HISTORY,
    HUB,
    JOURNAL,
    ON_BYTES_LEFT,
    ON_WRITTEN,
    PRESENCE,
    PULSE,
    SOCKETS,
    SURFACING,
)
from app.chat.memberships.following import Following
from app.chat.memberships.members import join_rooms_for_everyone
from app.chat.memberships.read_marks import ReadMarks
from app.chat.memberships.surfacing import Surfacing
from app.chat.messages.delivery import Delivery
from app.chat.messages.history import History
from app.chat.messages.journal import Journal
from app.chat.messages.message_source import MessageSource
from app.chat.presence.presence import Presence
from app.chat.service import ChatService
from app.chat.sessions import end_dead_sessions_for_ever, end_session
from app.chat.wire import events, notes
from app.db.driver.engine import ENGINE, make_engine
from app.db.identity import identity_of
from app.db.replica import Replica
from app.limits.keys import LIMITS
from app.limits.sharing import share_for_ever
from app.limits.sockets import Sockets
from app.live.bus.bus import Bus
from app.live.bus.postgres_bus import PostgresBus
from app.live.frames import FrameRates
from app.live.hub import Hub
from app.live.tasks import running
from app.pulse.pulse import Pulse


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
        app[FRAME_RATES] = FrameRates(config.post_rate / config.post_rate_window_s, config.post_burst)
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
    surfacing = app[SURFACING] = Surfacing(engine, following)
    read_marks = ReadMarks(engine, hub, bus)
    limits, sockets = app[LIMITS], Sockets(config.sockets_per_user, hub.clients, bus)
    app[SOCKETS] = sockets
    on_written = _to_both(app[ON_WRITTEN], surfacing)
    delivery = Delivery(hub, bus, on_written)
    pulse = app[PULSE] = Pulse(engine, bus)
    journal = app[JOURNAL] = Journal(writer, delivery.deliver, pulse.refusal)
    app[CHAT] = ChatService(
        engine,
        hub,
        bus,
        limits=limits,
        journal=journal,
        delivery=delivery,
        following=following,
        read_marks=read_marks,
        on_bytes_left=app[ON_BYTES_LEFT],
    )
    yield journal.run
    yield partial(bus.run, Incoming(hub, following, read_marks, presence, limits, sockets, on_written))
    yield hub.loader.load_for_ever
    yield hub.loader.reconcile_for_ever
    yield following.compare_for_ever
    yield surfacing.surface_for_ever
    yield read_marks.send_for_ever
    yield hub.send_heads_for_ever
    yield hub.clients.beat_for_ever
    yield presence.tick_for_ever
    yield pulse.beat_for_ever
    yield partial(share_for_ever, limits, bus)
    yield sockets.share_for_ever
    yield partial(end_dead_sessions_for_ever, hub, app[ACCOUNTS], bus, config.heartbeat_s)


def _to_both(of_features: Callable[[int, int], None], surfacing: Surfacing) -> Callable[[int, int], None]:
    def on_written(room: int, rev: int) -> None:
        of_features(room, rev)
        surfacing.on_written(room)

    return on_written


@asynccontextmanager
async def _bus(config: Config, engine: AsyncEngine) -> AsyncIterator[Bus[notes.Note]]:
    """The bus of the settings, and the connections it makes."""
    identify, key = partial(identity_of, engine), derived_key(config, "bus")
    if config.redis_url is not None:
        from app.live.bus.redis_bus import RedisBus  # a thirtieth of a start, for the few who have Redis

        yield RedisBus(notes.DECODER, identify, key, config.redis_url.get_secret_value())
        return
    listener = make_engine(config, config.session_url, size=0)
    yield PostgresBus(notes.DECODER, identify, key, listener, engine)
    await listener.dispose()


async def _close(app: web.Application) -> None:
    await app[CHAT].close()
