"""A PostgreSQL of one test's own that may be hurt, and people who go on posting."""

import asyncio
import contextlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
from sqlalchemy import Engine, make_url, select, text

from app.db.embedded.embedded import Embedded
from app.db.schema import messages
from tests.conftest import sync_engine
from tests.support.sockets import Socket


@dataclass
class Mortal:
    """A durable server, migrated; `folder` holds its data."""

    server: Embedded
    folder: Path

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def engine(self) -> Engine:
        """Each statement its own transaction, which may write whatever the server's default is."""
        writing = {"options": "-c default_transaction_read_only=off"}
        return sync_engine(self.url, isolation_level="AUTOCOMMIT", connect_args=writing)

    def revive(self) -> str | None:
        return self.server.revive()

    def set(self, name: str, value: str) -> None:
        """Change a setting while it runs; returns when every connection has it."""
        with self.engine.connect() as conn:
            conn.execute(text(f"ALTER SYSTEM SET {name} = {value}"))
            conn.execute(text("SELECT pg_reload_conf()"))
        while self._setting(name) != value.strip("'"):  # the server signals its children before it has new ones
            pass

    def _setting(self, name: str) -> str:
        with sync_engine(self.url).connect() as conn:
            return str(conn.execute(text(f"SHOW {name}")).scalar_one())

    def bodies(self) -> list[str]:
        with self.engine.connect() as conn:
            return [*conn.scalars(select(messages.c.body).order_by(messages.c.seq))]

    @contextmanager
    def without_connections(self) -> Iterator[None]:
        """Take every connection that the server has, the app's too."""
        ours = "FROM pg_stat_activity WHERE application_name = 'parley'"
        with ExitStack() as hogs:
            first = hogs.enter_context(contextlib.closing(psycopg2.connect(self.url)))
            first.autocommit = True
            with first.cursor() as cursor:
                while True:
                    cursor.execute(f"SELECT pg_terminate_backend(pid, 5000) {ours}")
                    with contextlib.suppress(psycopg2.OperationalError):
                        while True:
                            hogs.enter_context(contextlib.closing(psycopg2.connect(self.url)))
                    cursor.execute(f"SELECT {ours}")
                    if not cursor.rowcount:
                        break
            yield


def socket_of(url: str) -> Path:
    """The Unix socket of a server, which a proxy can stand before."""
    query = make_url(url).query
    return Path(str(query["host"]), f".s.PGSQL.{query['port']}")


async def refused(author: Socket, id: str) -> dict[str, Any]:
    """The post with that id is refused for now: nothing was promised. Returns the refusal."""
    error = await author.until("error", id=id)
    assert error["code"] == "unavailable"
    assert error["retry_after"] > 0
    return error


async def insist(author: Socket, body: str, id: str) -> dict[str, Any]:
    """Post again and again, as the page does, until it is acknowledged."""
    while True:
        await author.post(body, id=id)
        answer = await author.next()
        while answer.get("id") != id:
            answer = await author.next()
        if answer["type"] == "ack":
            return answer
        assert answer["code"] == "unavailable"
        await asyncio.sleep(min(answer["retry_after"], 0.2))
