"""Uploads by the tus protocol: what arrives, in pieces, again, and for whom."""

import asyncio
import random
import uuid
from collections.abc import AsyncIterator
from hashlib import sha256

import pytest
from aiohttp import StreamReader
from aiohttp.base_protocol import BaseProtocol
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, func, insert, select, update

from app.db.schema import blobs, chunks, files
from app.files.keeping.keys import STORE
from app.files.uploads import arriving as arriving_module
from app.files.uploads.arriving import arriving
from app.files.uploads.refusals import Cut
from tests.files.conftest import PATH, Refused, Tus, tus
from tests.support.browsing import Browser, Browsers
from tests.support.load import PATIENCE_S

SIZE = 1_500_000  # three chunks or so
CONTENT = random.Random(1).randbytes(SIZE)


@pytest.fixture
async def uploads(alice: Browser) -> Tus:
    return await tus(alice)


@pytest.fixture
async def bobs(browser: Browsers, alice: Browser) -> Tus:
    bob = browser()
    await bob.sign_up("bobby")
    return await tus(bob)


async def kept(server: TestServer, database: Engine, id: str) -> bytes:
    """The bytes of a file as they are kept, under their SHA-256."""
    with database.connect() as conn:
        query = select(blobs.c.id, blobs.c.sha256, blobs.c.size).join(files, files.c.blob_id == blobs.c.id)
        blob = conn.execute(query.where(files.c.id == uuid.UUID(id))).one()
    content = b"".join([piece async for piece in server.app[STORE].read(blob.id)])
    assert blob.sha256 in (None, sha256(content).digest())
    assert blob.size in (0, len(content))
    return content


def count(database: Engine, table: object) -> int:
    with database.connect() as conn:
        return int(conn.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


async def moved(uploads: Tus, id: str) -> int:
    """Wait until some of an upload is kept; how much."""
    async with asyncio.timeout(PATIENCE_S):
        while not (at := await uploads.offset(id)):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return at


async def test_what_is_sent_is_what_is_kept(uploads: Tus, server: TestServer, database: Engine) -> None:
    id = await uploads.give(CONTENT, name="../holiday.bin")

    file = await uploads.file(id)
    assert file == {"id": id, "name": "holiday.bin", "size": SIZE, "type": "application/octet-stream", "kind": "file"}
    assert await kept(server, database, id) == CONTENT


async def test_an_upload_goes_on_where_it_is(uploads: Tus, server: TestServer, database: Engine) -> None:
    id = await uploads.begin(SIZE)

    assert await uploads.offset(id) == 0
    assert await uploads.send(id, 0, CONTENT[:1000]) == 1000
    assert await uploads.offset(id) == 1000
    assert (await uploads.ask("GET", f"{PATH}/{id}")).status == 202
    assert await uploads.send(id, 1000, CONTENT[1000:400_000]) == 400_000
    assert await uploads.send(id, 400_000, CONTENT[400_000:]) == SIZE
    assert await kept(server, database, id) == CONTENT


async def test_a_process_that_received_only_the_beginning_hashes_the_whole(
    uploads: Tus, bobs: Tus, server: TestServer, database: Engine
) -> None:
    id = await uploads.begin(8)
    await uploads.send(id, 0, b"half")
    with database.begin() as conn:  # as another process does that dies before it judges
        arrived = update(files).where(files.c.id == uuid.UUID(id)).values(received=8)
        blob_id = conn.execute(arrived.returning(files.c.blob_id)).scalar_one()
        conn.execute(insert(chunks).values(blob_id=blob_id, begins=4, data=b"rest"))

    await uploads.ask("GET", f"{PATH}/{id}")

    assert (await uploads.file(id))["size"] == 8
    assert await kept(server, database, id) == b"halfrest"
    with database.connect() as conn:
        assert [*conn.execute(select(blobs.c.size, blobs.c.sha256))] == [(8, sha256(b"halfrest").digest())]
    other = await bobs.give(b"half")  # has other bytes
    assert await kept(server, database, other) == b"half"


async def test_bytes_for_another_place_are_refused(uploads: Tus) -> None:
    id = await uploads.begin(SIZE)
    await uploads.send(id, 0, CONTENT[:1000])

    for at in (0, 999, 1001, SIZE):
        with pytest.raises(Refused) as refused:
            await uploads.send(id, at, CONTENT[:10])
        assert refused.value == (409, "offset_conflict")
    assert await uploads.offset(id) == 1000


async def test_of_two_who_send_at_once_one_is_refused(uploads: Tus, server: TestServer, database: Engine) -> None:
    id = await uploads.begin(SIZE)

    ends = await asyncio.gather(*(uploads.send(id, 0, CONTENT) for _ in range(5)), return_exceptions=True)

    assert sum(end == SIZE for end in ends) <= 1
    assert all(end == SIZE or end == (409, "offset_conflict") for end in ends)
    at = await uploads.offset(id)
    if at < SIZE:
        assert await uploads.send(id, at, CONTENT[at:]) == SIZE
    assert await kept(server, database, id) == CONTENT


async def test_an_upload_that_was_cut_goes_on_where_it_is(uploads: Tus, server: TestServer, database: Engine) -> None:
    id = await uploads.begin(SIZE)

    async def cut() -> AsyncIterator[bytes]:
        yield CONTENT[:-1]
        await moved(uploads, id)
        raise ConnectionError

    with pytest.raises(OSError):  # noqa: PT011
        await uploads.send(id, 0, cut())
    at = await moved(uploads, id)
    while at < SIZE:
        try:
            at = await uploads.send(id, at, CONTENT[at:])
        except Refused:  # what came before the cut is only now kept
            at = await uploads.offset(id)
    assert await kept(server, database, id) == CONTENT


async def test_what_came_before_a_cut_is_kept() -> None:
    connection = BaseProtocol(asyncio.get_running_loop())
    connection.transport = asyncio.Transport()
    content = StreamReader(connection, 2**16)
    pieces = arriving(content)
    first = asyncio.ensure_future(anext(pieces))
    content.feed_data(b"abc")
    await asyncio.sleep(0)

    content.set_exception(ConnectionResetError())

    assert await first == b"abc"
    with pytest.raises(Cut):
        await anext(pieces)


async def test_silence_ends_a_request_and_what_came_is_kept(uploads: Tus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving_module, "SILENCE_S", 0.2)
    id = await uploads.begin(SIZE)
    ended = asyncio.Event()

    async def silent() -> AsyncIterator[bytes]:
        yield CONTENT[:1000]
        await ended.wait()

    with pytest.raises(Refused) as refused:
        await uploads.send(id, 0, silent())
    ended.set()
    assert refused.value == (408, "timeout")
    assert await uploads.offset(id) == 1000


async def test_two_who_send_different_bytes_at_once_never_mix_their_hashes(
    uploads: Tus, server: TestServer, database: Engine
) -> None:
    id, sent = await uploads.begin(SIZE), asyncio.Event()

    async def late(content: bytes) -> AsyncIterator[bytes]:
        yield content[: SIZE // 2]
        await sent.wait()
        yield content[SIZE // 2 :]

    first = asyncio.ensure_future(uploads.send(id, 0, late(CONTENT)))
    other = asyncio.ensure_future(uploads.send(id, 0, late(bytes(SIZE))))
    await asyncio.sleep(0)
    sent.set()
    ends = await asyncio.gather(first, other, return_exceptions=True)

    assert (409, "offset_conflict") in ends
    if (at := await uploads.offset(id)) < SIZE:
        await uploads.send(id, at, CONTENT[at:])
    await kept(server, database, id)  # under its own hash


async def test_same_bytes_are_kept_once(uploads: Tus, bobs: Tus, server: TestServer, database: Engine) -> None:
    first, second, third = await uploads.give(CONTENT), await bobs.give(CONTENT), await uploads.give(CONTENT[1:])

    assert (count(database, files), count(database, blobs)) == (3, 2)
    assert await kept(server, database, first) == await kept(server, database, second) == CONTENT
    assert await kept(server, database, third) == CONTENT[1:]


async def test_an_empty_file_is_a_file(uploads: Tus, server: TestServer, database: Engine) -> None:
    id = await uploads.begin(0)

    assert (await uploads.file(id))["size"] == 0
    assert await kept(server, database, id) == b""


async def test_beginning_again_does_no_harm(uploads: Tus, bobs: Tus, database: Engine) -> None:
    id = await uploads.begin(SIZE)
    await uploads.send(id, 0, CONTENT[:1000])

    assert await uploads.begin(SIZE, id=id, alt="A cat\n") == id
    assert await uploads.offset(id) == 1000
    await uploads.send(id, 1000, CONTENT[1000:])
    assert await uploads.begin(SIZE, id=id, alt="A cat on a roof") == id
    assert (await uploads.file(id))["alt"] == "A cat on a roof"
    for other, size in ((uploads, SIZE + 1), (bobs, SIZE)):
        with pytest.raises(Refused) as refused:
            await other.begin(size, id=id)
        assert refused.value == (409, "id_conflict")
    assert count(database, files) == 1


async def test_an_upload_that_is_taken_back_leaves_nothing(uploads: Tus, database: Engine) -> None:
    begun, whole = await uploads.begin(SIZE), await uploads.give(CONTENT)
    await uploads.send(begun, 0, CONTENT[:1000])

    await uploads.end(begun)
    await uploads.end(whole)

    for id in (begun, whole):
        with pytest.raises(Refused) as refused:
            await uploads.offset(id)
        assert refused.value.status == 404
    assert [count(database, table) for table in (files, blobs, chunks)] == [0, 0, 0]


async def test_nobody_gets_at_the_upload_of_somebody_else(uploads: Tus, bobs: Tus) -> None:
    id = await uploads.begin(SIZE)

    for ask in (bobs.offset(id), bobs.send(id, 0, CONTENT), bobs.end(id), bobs.file(id)):
        with pytest.raises(Refused) as refused:
            await ask
        assert refused.value.status == 404
    assert await uploads.offset(id) == 0


async def test_more_bytes_than_announced_are_refused(uploads: Tus) -> None:
    id = await uploads.begin(1000)

    with pytest.raises(Refused) as refused:
        await uploads.send(id, 0, CONTENT[:1001])
    assert refused.value == (413, "too_large")
    assert await uploads.send(id, 0, CONTENT[:1000]) == 1000
