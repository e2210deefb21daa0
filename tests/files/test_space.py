"""What files take is counted, whoever changes it, and an upload need not look at all of them."""

import asyncio
import random
import uuid
from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, delete, insert, select

from app.base.config import CONFIG
from app.db.schema import blobs, files, space_taken
from app.files.keeping.keys import STORE, SWEEP
from tests.faults.run import space
from tests.files.conftest import Refused, Tus, tus
from tests.support.browsing import Browser

CONTENT = random.Random(1).randbytes(600_000)


@pytest.fixture
async def uploads(alice: Browser) -> Tus:
    return await tus(alice)


def counted(database: Engine) -> int:
    with database.connect() as conn:
        return space.counted(conn)


def taken(database: Engine) -> int:
    with database.connect() as conn:
        return space.taken(conn)


async def test_what_is_announced_and_kept_is_counted_until_it_is_gone(uploads: Tus, database: Engine) -> None:
    assert counted(database) == 0

    id = await uploads.begin(len(CONTENT))
    assert counted(database) == taken(database) == len(CONTENT)
    await uploads.send(id, 0, CONTENT)
    assert counted(database) == taken(database) == len(CONTENT)
    same = await uploads.give(CONTENT)
    assert counted(database) == taken(database) == len(CONTENT)
    await uploads.end(id)
    assert counted(database) == taken(database) == len(CONTENT)
    await uploads.end(same)
    assert counted(database) == taken(database) == 0


async def test_many_at_once_are_counted_right(uploads: Tus, server: TestServer, database: Engine) -> None:
    async def one(number: int) -> None:
        content = CONTENT[number % 5 :]
        id = await uploads.begin(len(content))
        await uploads.send(id, 0, content if number % 3 else content[:1000])
        if number % 4 == 0:
            await uploads.end(id)
        await server.app[STORE].keep(once(content[: number * 1000]))

    await asyncio.gather(*map(one, range(20)))
    await server.app[SWEEP].round()

    assert counted(database) == taken(database) > len(CONTENT)


async def test_an_upload_adds_only_what_changed_since_the_one_before(uploads: Tus, database: Engine) -> None:
    with database.begin() as conn:
        conn.execute(insert(blobs), [{"size": 1} for _ in range(100)])

    await uploads.begin(10)

    with database.connect() as conn:
        assert sorted(conn.execute(select(space_taken.c.bytes)).scalars()) == [10, 100]


async def test_what_is_undone_counts_for_nothing(database: Engine, uploads: Tus) -> None:
    id = await uploads.begin(1000)
    with database.connect() as conn:
        conn.execute(insert(blobs).values(size=5))
        conn.execute(delete(files).where(files.c.id == uuid.UUID(id)))
        conn.rollback()

    assert counted(database) == taken(database) == 1000


async def test_of_many_who_want_the_last_place_one_gets_it(uploads: Tus, server: TestServer, database: Engine) -> None:
    most = server.app[CONFIG].files_total_mb * 1024 * 1024
    with database.begin() as conn:
        conn.execute(insert(blobs).values(size=most - 1000))

    ends = await asyncio.gather(*(uploads.begin(900) for _ in range(5)), return_exceptions=True)

    refused = [end for end in ends if isinstance(end, Refused)]
    assert len(refused) == 4
    assert all(each == (507, "server_full") for each in refused)
    assert counted(database) == taken(database) == most - 100


async def test_the_checker_names_a_wrong_count(uploads: Tus, database: Engine) -> None:
    await uploads.begin(1000)
    with database.connect() as conn:
        assert space.faults_in_space(conn) == []
        conn.execute(delete(space_taken))
        assert space.faults_in_space(conn) == ["Files take 1000 bytes, and 0 are counted."]


async def once(content: bytes) -> AsyncIterator[bytes]:
    yield content
