"""Whatever dies in mid-upload, it goes on at the byte where it is, in another process."""

import asyncio
import random
import signal
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession, CookieJar
from sqlalchemy import Engine, select

from app.db.schema import blobs, chunks, files
from bench.support.people import SECRET_KEY, logged_in
from tests.files.conftest import Tus
from tests.files.test_uploads import moved
from tests.support.browsing import state_in
from tests.support.load import PATIENCE_S
from tests.support.processes import Parley, parley, until_gone

SIZE = 5_000_000
CONTENT = random.Random(1).randbytes(SIZE)


@asynccontextmanager
async def uploading(running: Parley, cookie: str) -> AsyncIterator[Tus]:
    """Somebody who is logged in, at a real process."""
    own = f"http://127.0.0.1:{running.port}"
    jar = CookieJar(unsafe=True)
    async with ClientSession(own, cookie_jar=jar, headers={"Origin": own}) as session:
        jar.update_cookies(dict([cookie.split("=", 1)]), session._base_url)  # type: ignore[arg-type]
        async with session.get("/") as page:
            token = state_in(await page.text())["csrf_token"]
        yield Tus(session, token)


def kept(database: Engine, id: str) -> bytes:
    """The bytes of a file that is whole."""
    with database.connect() as conn:
        query = select(files.c.blob_id).where(files.c.id == uuid.UUID(id), files.c.whole_at.is_not(None))
        blob_id = conn.execute(query).scalar_one()
        rows = conn.execute(select(chunks.c.data).where(chunks.c.blob_id == blob_id).order_by(chunks.c.begins))
        return b"".join(rows.scalars())


def is_whole(database: Engine, id: str) -> bool:
    with database.connect() as conn:
        return conn.execute(select(files.c.whole_at).where(files.c.id == uuid.UUID(id))).scalar_one() is not None


async def test_an_upload_goes_on_in_another_process_after_one_was_killed(
    fresh_folder: Path, address: str, database: Engine
) -> None:
    cookie, id = logged_in(address, 1)[0], str(uuid.uuid4())
    settings = {"DATABASE_URL": address, "SECRET_KEY": SECRET_KEY}
    with parley(fresh_folder, **settings) as first:
        first.until_ready()
        async with uploading(first, cookie) as uploads:
            await uploads.begin(SIZE, id=id)

            async def killing() -> AsyncIterator[bytes]:
                yield CONTENT[: SIZE // 2]
                await moved(uploads, id)
                processes = first.processes()
                for process in processes:
                    process.send_signal(signal.SIGKILL)
                first.process.wait()
                until_gone(processes)
                yield CONTENT[SIZE // 2 :]

            with suppress(ClientError, ConnectionError):
                await uploads.send(id, 0, killing())
                pytest.fail("the process was killed, and it answers")
    with parley(fresh_folder, **settings) as second:
        second.until_ready()
        async with uploading(second, cookie) as uploads:
            at = await uploads.offset(id)
            assert 0 < at < SIZE
            assert await uploads.send(id, at, CONTENT[at:]) == SIZE
            assert (await uploads.file(id))["size"] == SIZE

    assert kept(database, id) == CONTENT


async def test_what_was_not_judged_when_a_process_died_is_judged_by_the_next(
    fresh_folder: Path, address: str, database: Engine
) -> None:
    cookie = logged_in(address, 1)[0]
    with parley(fresh_folder, DATABASE_URL=address, SECRET_KEY=SECRET_KEY) as running:
        running.until_ready()
        async with uploading(running, cookie) as uploads:
            id = await uploads.give(CONTENT)
            with database.begin() as conn:  # as it was after the last byte
                conn.execute(files.update().values(whole_at=None))
                conn.execute(blobs.update().values(sha256=None, size=0))

            assert await uploads.offset(id) == SIZE
            async with asyncio.timeout(PATIENCE_S):
                while not is_whole(database, id):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)

    assert kept(database, id) == CONTENT
