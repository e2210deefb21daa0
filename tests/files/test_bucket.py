"""Bytes in a bucket, of moto's server that speaks S3; and what happens while it is away."""

import asyncio
import hashlib
import json
import random
import re
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.server import ThreadedMotoServer
from sqlalchemy import Engine, select, update

from app.db.schema import blobs, chunks, files, leftovers
from app.files.keeping import bucket as bucket_module
from app.files.keeping import moving
from app.files.keeping.bucket import Bucket, BucketGone
from app.files.keeping.keys import STORE, SWEEP
from app.files.keeping.moving import Moving
from tests.conftest import Serve
from tests.files.conftest import Tus, tus
from tests.files.test_sweep import once
from tests.files.test_uploads import count, kept
from tests.support.browsing import Browser
from tests.support.load import PATIENCE_S

CONTENT = random.Random(1).randbytes(1_000_000)
SHA256 = hashlib.sha256(CONTENT).digest()


class Away(Exception):
    """Somebody dies here."""


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The address of a server that speaks S3."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
async def url(s3: str) -> str:
    """The `S3_URL` of an empty bucket."""
    name = f"files-{uuid.uuid4().hex}"
    async with ClientSession() as session, session.put(f"{s3}/{name}") as answer:
        assert answer.status == 200
    return f"{s3.replace('://', '://key:secret@')}/{name}?region=eu-central-1"


@pytest.fixture
async def bucket(url: str) -> AsyncIterator[Bucket]:
    bucket = Bucket(url)
    yield bucket
    await bucket.close()


@pytest.fixture
async def server(serve: Serve, url: str, monkeypatch: pytest.MonkeyPatch) -> TestServer:
    """The app with a bucket, which moves nothing by itself."""
    monkeypatch.setattr(Moving, "move_for_ever", asyncio.Event().wait)
    return await serve(s3_url=url)


@pytest.fixture
async def uploads(alice: Browser) -> Tus:
    return await tus(alice)


@pytest.fixture
def mover(server: TestServer, bucket: Bucket) -> Moving:
    return Moving(server.app[STORE]._transactions, server.app[STORE], bucket)


async def objects(url: str) -> set[str]:
    """The names of what is in a bucket."""
    address = url.replace("key:secret@", "").partition("?")[0]
    async with ClientSession() as session, session.get(address, params={"list-type": "2"}) as answer:
        return set(re.findall("<Key>(.*?)</Key>", await answer.text()))


async def test_an_object_is_read_as_it_was_put(bucket: Bucket, url: str) -> None:
    await bucket.put("a", once(CONTENT), len(CONTENT), SHA256)

    assert await objects(url) == {"a"}
    for begin, end in ((0, len(CONTENT)), (5, 6), (700_000, 1_000_000), (7, 7)):
        assert b"".join([piece async for piece in bucket.read("a", begin, end)]) == CONTENT[begin:end]
    await bucket.delete("a")
    await bucket.delete("a")
    assert await objects(url) == set()
    with pytest.raises(BucketGone):
        await anext(bucket.read("a", 0, 1))


async def test_a_request_is_signed_as_amazons_own_library_signs_it() -> None:
    seen: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        seen.append(request)
        return web.Response(status=206 if request.method == "GET" else 200, body=b"a")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as server:
        bucket = Bucket(str(server.make_url("/a%20bucket/b?region=eu-west-1")).replace("://", "://key:s%2Fcret@"))
        await bucket.put("1-a", once(b"abc"), 3, hashlib.sha256(b"abc").digest())
        assert [piece async for piece in bucket.read("1-a", 0, 1)] == [b"a"]
        await bucket.delete("1-a")
        await bucket.close()

    assert [request.method for request in seen] == ["PUT", "GET", "DELETE"]
    for request in seen:
        assert signed_by_amazon(request) == request.headers["Authorization"]


def signed_by_amazon(request: web.Request) -> str:
    """The header with which botocore signs the same request."""
    given = request.headers["Authorization"]
    found = re.search(r"SignedHeaders=([^,]+)", given)
    assert found
    headers = {name: request.headers[name] for name in found[1].split(";")}
    asked = AWSRequest(request.method, str(request.url.with_query(None)), headers=headers)
    asked.context = {"timestamp": request.headers["X-Amz-Date"], "payload_signing_enabled": True}
    signer = S3SigV4Auth(Credentials("key", "s/cret"), "s3", "eu-west-1")
    canonical = signer.canonical_request(asked).rpartition("\n")[0] + "\n" + request.headers["X-Amz-Content-Sha256"]
    signature = signer.signature(signer.string_to_sign(asked, canonical), asked)
    return f"{given.partition('Signature=')[0]}Signature={signature}"


async def test_bytes_move_to_the_bucket_and_are_read_from_there(
    uploads: Tus, server: TestServer, database: Engine, mover: Moving, url: str
) -> None:
    id, begun = await uploads.give(CONTENT), await uploads.begin(10)
    await uploads.send(begun, 0, b"01234")
    reading = server.app[STORE].read(blob_of(database, id), 10, len(CONTENT))
    first = await anext(reading)

    await mover.round()

    assert (count(database, chunks), len(await objects(url)), count(database, leftovers)) == (1, 1, 0)
    assert await kept(server, database, id) == CONTENT
    assert first + b"".join([piece async for piece in reading]) == CONTENT[10:]
    assert await uploads.send(begun, 5, b"56789") == 10
    assert await kept(server, database, begun) == b"0123456789"


async def test_same_bytes_are_found_in_the_bucket(
    uploads: Tus, server: TestServer, database: Engine, mover: Moving, url: str
) -> None:
    await uploads.give(CONTENT)
    await mover.round()

    second = await uploads.give(CONTENT)
    await mover.round()

    assert (count(database, blobs), count(database, chunks), len(await objects(url))) == (1, 0, 1)
    assert await kept(server, database, second) == CONTENT


async def test_an_object_is_deleted_with_the_last_file_that_has_its_bytes(
    uploads: Tus, database: Engine, mover: Moving, url: str
) -> None:
    first, second = await uploads.give(CONTENT), await uploads.give(CONTENT)
    await mover.round()

    await uploads.end(first)
    await mover.round()
    assert len(await objects(url)) == 1
    await uploads.end(second)
    await mover.round()

    assert await objects(url) == set()
    assert (count(database, blobs), count(database, leftovers)) == (0, 0)


async def test_a_bucket_that_is_away_leaves_the_bytes_in_the_database(
    uploads: Tus, server: TestServer, database: Engine, mover: Moving, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = await uploads.give(CONTENT)
    nowhere = Bucket("http://key:secret@127.0.0.1:1/bucket")
    with pytest.raises(BucketGone):
        await Moving(server.app[STORE]._transactions, server.app[STORE], nowhere).round()
    await nowhere.close()

    assert await kept(server, database, id) == CONTENT
    await mover.round()
    assert await kept(server, database, id) == CONTENT
    assert len(await objects(url)) == 1


async def test_who_reads_while_the_bucket_is_away_gets_a_sentence_and_the_file_when_it_is_back(
    uploads: Tus, alice: Browser, server: TestServer, mover: Moving
) -> None:
    id = await uploads.give(CONTENT)
    await mover.round()
    store, nowhere = server.app[STORE], Bucket("http://key:secret@127.0.0.1:1/bucket")
    there, store._bucket = store._bucket, nowhere

    refused = await alice.ask("GET", f"/files/{id}/name", headers={"Accept": "application/json"})

    assert (refused.status, json.loads(refused.text)["error"]["code"]) == (503, "bucket_gone")
    assert refused.headers["Cache-Control"] == "no-store"
    store._bucket = there
    await nowhere.close()
    async with alice.get(f"/files/{id}/name") as answer:
        assert await answer.read() == CONTENT


async def test_who_dies_while_moving_loses_nothing_and_leaves_nothing(
    uploads: Tus, server: TestServer, database: Engine, mover: Moving, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = await uploads.give(CONTENT)

    async def die(*_: object) -> None:
        raise Away

    with monkeypatch.context() as patch:
        patch.setattr(moving.statements, "point_to_object", die)
        with pytest.raises(Away):
            await mover.round()
    assert (len(await objects(url)), count(database, leftovers)) == (1, 1)
    assert await kept(server, database, id) == CONTENT

    await mover.round()
    assert (len(await objects(url)), count(database, leftovers)) == (2, 1)
    with database.begin() as conn:
        conn.execute(update(leftovers).values(since=leftovers.c.since - timedelta(hours=2)))
    await mover.round()
    assert (len(await objects(url)), count(database, leftovers)) == (1, 0)
    assert await kept(server, database, id) == CONTENT


async def test_two_who_move_the_same_bytes_leave_them_once(
    uploads: Tus, server: TestServer, database: Engine, mover: Moving, url: str
) -> None:
    id = await uploads.give(CONTENT)

    await asyncio.gather(mover.round(), mover.round(), mover.round())
    await mover.round()

    assert (len(await objects(url)), count(database, leftovers)) == (1, 0)
    assert await kept(server, database, id) == CONTENT


async def test_a_sweep_deletes_what_is_in_the_bucket(
    server: TestServer, database: Engine, mover: Moving, url: str
) -> None:
    await server.app[STORE].keep(once(CONTENT))
    await mover.round()
    with database.begin() as conn:
        conn.execute(update(blobs).values(created_at=blobs.c.created_at - timedelta(minutes=2)))

    await server.app[SWEEP].round()
    await mover.round()

    assert (await objects(url), count(database, blobs)) == (set(), 0)


async def test_a_reading_that_is_cut_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bucket_module, "PIECE_BYTES", 1000)
    asked: list[str] = []

    async def cut(request: web.Request) -> web.StreamResponse:
        asked.append(request.headers["Range"])
        begin = int(asked[-1].removeprefix("bytes=").partition("-")[0])
        answer = web.StreamResponse(status=206, headers={"Content-Length": str(5000 - begin)})
        await answer.prepare(request)
        await answer.write(CONTENT[begin : min(begin + 2000, 5000)])
        if begin + 2000 < 5000:
            assert request.transport
            request.transport.close()
        return answer

    app = web.Application()
    app.router.add_get("/{path:.*}", cut)
    async with TestServer(app) as server:
        bucket = Bucket(str(server.make_url("/bucket")).replace("://", "://key:secret@"))
        assert b"".join([piece async for piece in bucket.read("a", 0, 5000)]) == CONTENT[:5000]
        await bucket.close()

    assert asked == ["bytes=0-4999", "bytes=2000-4999", "bytes=4000-4999"]


async def test_bytes_move_by_themselves(serve: Serve, url: str, database: Engine, open_browser: object) -> None:
    server = await serve(s3_url=url)
    browser = open_browser(server)  # type: ignore[operator]
    await browser.sign_up("alice")

    id = await (await tus(browser)).give(CONTENT)

    async with asyncio.timeout(PATIENCE_S):
        while count(database, chunks):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert await kept(server, database, id) == CONTENT


def blob_of(database: Engine, id: str) -> int:
    with database.connect() as conn:
        return int(conn.execute(select(files.c.blob_id).where(files.c.id == uuid.UUID(id))).scalar_one())
