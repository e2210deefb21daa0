"""One serving process: the app on its port until it is asked to stop."""

import asyncio
import errno
import logging
import socket
import time
from collections.abc import Callable

from aiohttp import web

from app.base.config import Config
from app.base.errors import BadConfig
from app.process import memory
from app.process.descriptors import count_refusals, raise_limit
from app.process.logs import AccessLogger
from app.process.peers import Peers, Site

KEEPALIVE_S = 95  # longer than the routers in front keep a connection, so that it is they who close it
STOP_S = 4.5  # and a moment for Python to end: five in all, whatever hangs
SHUTDOWN_TIMEOUT_S = 1  # aiohttp waits this long twice: for handlers to end, then for them to be cancelled
BACKLOG = 1024
PORT_PATIENCE_S = 8  # longer than a worker takes to end
PORT_AGAIN_S = 0.1

# How much the kernel keeps for a reader who has stopped; by default it takes 4 MiB before we notice. This bounds what
# is not yet sent, not what is on its way, so it does not slow down a reader far away (SO_SNDBUF would hold them to one
# buffer a round trip).
UNSENT_BYTES = 64 * 1024
# When the other side confirms or takes nothing for so long, the kernel gives up too, and frees what was left of a
# socket that we had cut off.
UNCONFIRMED_MS = 30_000

STOPPING = web.AppKey("stopping", asyncio.Event)  # set as soon as the process no longer wants new work

log = logging.getLogger(__name__)


async def serve(
    app: web.Application, listeners: list[socket.socket], stop: asyncio.Event, ready: Callable[[], None]
) -> None:
    """Serve until `stop` is set; calls `ready` once connections are accepted.

    Stopping takes at most `STOP_S`: no new connections, `on_shutdown` (which closes the sockets), handlers in progress
    get `SHUTDOWN_TIMEOUT_S`, `on_cleanup`.
    """
    app[STOPPING] = asyncio.Event()
    runner = web.AppRunner(
        app,
        access_log_class=AccessLogger,
        access_log=logging.getLogger("app.access"),
        keepalive_timeout=KEEPALIVE_S,
        shutdown_timeout=SHUTDOWN_TIMEOUT_S,
    )
    peers = Peers(app, raise_limit())
    count_refusals(asyncio.get_running_loop())
    beside = [asyncio.create_task(loop()) for loop in (peers.watch_for_ever, memory.give_back_for_ever)]
    try:
        await runner.setup()  # where it is refused, what it began is ended, or Python would wait for that
        for listener in listeners:
            await Site(runner, listener, peers, backlog=BACKLOG).start()
        memory.settle()
        ready()
        await stop.wait()
    finally:
        app[STOPPING].set()
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        await _stop(runner)


async def _stop(runner: web.AppRunner) -> None:
    transports = [connection.transport for connection in runner.server.connections] if runner.server else []
    try:
        await asyncio.wait_for(runner.cleanup(), STOP_S)
    except TimeoutError:
        log.warning("stopped without waiting for what was still in progress")
    for transport in transports:
        if transport is not None:
            transport.abort()  # one that a reader no longer empties is freed by nothing else


def bind(config: Config, *, shared: bool = False) -> list[socket.socket]:
    """Sockets on the configured address, not listening yet; `shared` with other processes of ours.

    Raises:
        BadConfig: the port is taken or not allowed, or the address is not this machine's.
    """
    listeners: list[socket.socket] = []
    try:
        found = socket.getaddrinfo(config.bind_host, config.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, kind, protocol, _, address in found:
            listener = socket.socket(family, kind, protocol)
            listeners.append(listener)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # despite connections of an earlier run
            _bound_readers(listener)
            if shared:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            if family == socket.AF_INET6:
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(len(found) > 1))
            listener.bind(address)
    except OSError as error:
        for listener in listeners:
            listener.close()
        raise BadConfig(_sentence(error, config)) from error
    return listeners


def _bound_readers(listener: socket.socket) -> None:
    """Set what all connections inherit, where the system has it: Linux."""
    if hasattr(socket, "TCP_NOTSENT_LOWAT"):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNCONFIRMED_MS)


def refuse_taken_port(config: Config, waiting: Callable[[], None], patience_s: float = PORT_PATIENCE_S) -> None:
    """Refuse a port that somebody listens on, before anything else is begun; `waiting` is called when it is taken.

    It may be free within `patience_s`: workers whose supervisor was killed end by themselves, in order.

    Raises:
        BadConfig: as `bind` does.
    """
    deadline, is_waiting = time.monotonic() + patience_s, False
    while True:
        try:
            for listener in bind(config):
                listener.close()
        except BadConfig as error:
            if not _is_taken(error) or time.monotonic() >= deadline:
                raise
        else:
            return
        if not is_waiting:
            is_waiting = True
            waiting()
        time.sleep(PORT_AGAIN_S)


def _is_taken(error: BadConfig) -> bool:
    return isinstance(error.__cause__, OSError) and error.__cause__.errno == errno.EADDRINUSE


def _sentence(error: OSError, config: Config) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"PORT: {config.port} is in use by another program. Stop that, or choose another port, "
            f"such as PORT={config.port + 1 if config.port < 65535 else 8000}."
        )
    if error.errno == errno.EACCES:
        return f"PORT: this user may not listen on {config.port}. Choose a port from 1024 on, such as PORT=8000."
    return f"HOST: Parley cannot listen on {config.bind_host}: {error.strerror or error}."
