"""What nothing points to is deleted, and nothing else."""

import asyncio
import random
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, Table, func, insert, select, update

from app.chat.keys import ON_BYTES_LEFT
from app.db.schema import attachments, blobs, chunks, files
from app.files.keeping.keys import STORE, SWEEP
from app.files.keeping.statements import ADVISORY_LOCK
from tests.chat.conftest import Join, Member
from tests.files.conftest import Tus, tus
from tests.support.load import PATIENCE_S
from tests.support.locks import until_waiting

CONTENT = random.Random(1).randbytes(1000)


@pytest.fixture
async def alice(join: Join) -> Member:
    """Somebody who has posted a message."""
    alice = await join("alice")
    await alice.socket.posted("hello")
    return alice


@pytest.fixture
async def uploads(alice: Member) -> Tus:
    return await tus(alice)


def attach(database: Engine, *ids: str) -> None:
    """Have the message of Alice carry files."""
    with database.begin() as conn:
        for position, id in enumerate(ids):
            conn.execute(insert(attachments).values(room_id=1, seq=1, position=position, file_id=uuid.UUID(id)))


def grow_old(database: Engine, table: Table, age: timedelta) -> None:
    with database.begin() as conn:
        conn.execute(update(table).values(created_at=table.c.created_at - age))


def there(database: Engine) -> set[str]:
    """The files that there are."""
    with database.connect() as conn:
        return {str(id) for id in conn.execute(select(files.c.id)).scalars()}


def sizes(database: Engine) -> list[int]:
    """The sizes of the blobs that have chunks."""
    with database.connect() as conn:
        query = select(func.sum(func.octet_length(chunks.c.data))).group_by(chunks.c.blob_id)
        return sorted(map(int, conn.execute(query).scalars()))


async def test_a_file_that_no_message_has_is_deleted_after_a_day(
    uploads: Tus, server: TestServer, database: Engine
) -> None:
    old, sent, begun = await uploads.give(CONTENT), await uploads.give(CONTENT[1:]), await uploads.begin(10)
    await uploads.send(begun, 0, CONTENT[:5])
    attach(database, sent)
    grow_old(database, files, timedelta(hours=25))
    grow_old(database, blobs, timedelta(hours=25))
    young = await uploads.give(CONTENT[2:])

    await server.app[SWEEP].round()

    assert there(database) == {sent, young}
    assert sizes(database) == [998, 999]
    assert old not in there(database)


async def test_a_file_is_not_deleted_before_a_day(uploads: Tus, server: TestServer, database: Engine) -> None:
    whole, begun = await uploads.give(CONTENT), await uploads.begin(10)
    await uploads.send(begun, 0, CONTENT[:5])
    for table in (files, blobs):
        grow_old(database, table, timedelta(hours=23))

    await server.app[SWEEP].round()

    assert there(database) == {whole, begun}
    assert sizes(database) == [5, 1000]


async def test_bytes_that_nothing_points_to_are_deleted_after_a_minute(
    alice: Member, server: TestServer, database: Engine
) -> None:
    old = await server.app[STORE].keep(once(CONTENT))
    grow_old(database, blobs, timedelta(seconds=61))
    young = await server.app[STORE].keep(once(CONTENT[1:]))

    await server.app[SWEEP].round()

    assert old.id != young.id
    assert sizes(database) == [999]


async def test_bytes_that_are_left_are_deleted_atonce(uploads: Tus, server: TestServer, database: Engine) -> None:
    gone, same, other = await uploads.give(CONTENT), await uploads.give(CONTENT), await uploads.give(CONTENT[1:])
    with database.begin() as conn:
        query = files.delete().where(files.c.id.in_([uuid.UUID(gone), uuid.UUID(other)]))
        left = conn.execute(query.returning(files.c.blob_id)).scalars().all()

    server.app[ON_BYTES_LEFT](left)

    async with asyncio.timeout(PATIENCE_S):
        while sizes(database) != [1000]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert there(database) == {same}


async def test_a_file_that_a_message_takes_up_at_this_moment_stays(
    uploads: Tus, server: TestServer, database: Engine
) -> None:
    id = await uploads.give(CONTENT)
    for table in (files, blobs):
        grow_old(database, table, timedelta(hours=25))
    with database.begin() as conn:
        conn.execute(insert(attachments).values(room_id=1, seq=1, position=0, file_id=uuid.UUID(id)))
        sweeping = asyncio.ensure_future(server.app[SWEEP].round())
        await until_waiting(database)

    await sweeping

    assert there(database) == {id}
    assert sizes(database) == [1000]


async def test_bytes_that_a_file_points_to_at_this_moment_stay(
    uploads: Tus, server: TestServer, database: Engine
) -> None:
    id = await uploads.give(CONTENT)
    blob = await server.app[STORE].keep(once(CONTENT[1:]))
    grow_old(database, blobs, timedelta(hours=25))
    with database.begin() as conn:
        conn.execute(update(files).where(files.c.id == uuid.UUID(id)).values(small_id=blob.id))
        sweeping = asyncio.ensure_future(server.app[SWEEP].round())
        await until_waiting(database)

    await sweeping

    assert sizes(database) == [999, 1000]


async def test_one_process_sweeps_at_a_time(uploads: Tus, server: TestServer, database: Engine) -> None:
    id = await uploads.give(CONTENT)
    grow_old(database, files, timedelta(hours=25))
    with database.begin() as conn:
        conn.execute(select(func.pg_advisory_xact_lock(ADVISORY_LOCK)))

        await server.app[SWEEP].round()

        assert there(database) == {id}
    await server.app[SWEEP].round()
    assert there(database) == set()


async def once(content: bytes) -> AsyncIterator[bytes]:
    yield content
