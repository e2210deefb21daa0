"""Records that are brought in, and the chat as it is taken out."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any

import pytest
from sqlalchemy import Engine, Row, select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.base.config import Config, FilesConfig
from app.db.schema import messages, rooms, users
from app.files.beside import avatars_to, bringing_to, store_of
from app.files.keeping.store import Store
from app.transfer.exporting import exported, exported_lines, snapshot
from app.transfer.importing import Importing
from app.transfer.records import Record
from app.transfer.report import Report
from app.transfer.spool import Spool

Bring = Callable[..., Awaitable[Report]]
Export = Callable[[], Awaitable[bytes]]
MOST_MB, TOTAL_MB = 1, 20
Said = Callable[[str], list[Row[Any]]]


async def unhashed(password: str) -> str:
    """Nobody logs in here."""
    return password


@pytest.fixture
def limited(config: Config) -> FilesConfig:
    """Settings by which a file of more than 1 MB is too large."""
    return config.model_copy(update={"file_mb": MOST_MB, "files_total_mb": TOTAL_MB})


@pytest.fixture
async def store(limited: FilesConfig, engine: AsyncEngine) -> AsyncIterator[Store]:
    async with store_of(limited, engine, limited.db_pool) as store:
        yield store


@pytest.fixture
def bring(engine: AsyncEngine, limited: FilesConfig, store: Store) -> Bring:
    """Brings records in, of a source, with their files."""

    async def bring(records: Iterable[Record], source: str = "test") -> Report:
        with Spool.of(records) as spool:
            brings = bringing_to(limited, engine, store), avatars_to(limited, store)
            importing = Importing(engine, source, lambda line: None, *brings)
            return await importing.bring(spool, unhashed)

    return bring


@pytest.fixture
def look(engine: AsyncEngine) -> Bring:
    """Counts what records would bring, of a source."""

    async def look(records: Iterable[Record], source: str = "test") -> Report:
        with Spool.of(records) as spool:
            return await Importing(engine, source, lambda line: None).look(spool)

    return look


@pytest.fixture
def export(engine: AsyncEngine) -> Export:
    """The whole chat as JSON Lines."""

    async def export() -> bytes:
        async with snapshot(engine) as conn:
            return b"".join([piece async for piece in exported_lines(conn, with_passwords=True)])

    return export


@pytest.fixture
def export_zip(engine: AsyncEngine, store: Store) -> Export:
    """The whole chat with its files."""

    async def export() -> bytes:
        return b"".join([piece async for piece in exported(engine, store, with_passwords=True)])

    return export


@pytest.fixture
def said(database: Engine) -> Said:
    """The messages of the room with this name, each with its author's login."""

    def said(name: str) -> list[Row[Any]]:
        statement = select(messages, users.c.login).join(users, users.c.id == messages.c.author_id)
        ordered = statement.join(rooms, rooms.c.id == messages.c.room_id).order_by(messages.c.seq)
        with database.connect() as conn:
            return [*conn.execute(ordered.where(rooms.c.name == name))]

    return said
