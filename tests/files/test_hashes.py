"""A hash counts for the bytes that it was taken of, and for no others."""

import hashlib

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, select, text, update

from app.db.schema import blobs, chunks
from app.files.keeping import hashes
from app.files.keeping.hashes import Hashes
from tests.files.conftest import tus
from tests.support.browsing import Browser


def test_a_hash_is_taken_once_and_only_for_its_size() -> None:
    kept = Hashes()
    kept.put(1, 3, hashlib.sha256(b"abc"), kept.age)

    assert kept.take(2, 3) is None
    assert kept.take(1, 3).hexdigest() == hashlib.sha256(b"abc").hexdigest()  # type: ignore[union-attr]
    assert kept.take(1, 3) is None
    kept.put(1, 3, hashlib.sha256(b"abc"), kept.age)
    assert kept.take(1, 4) is None
    assert kept.take(1, 3) is None


def test_what_the_database_may_have_lost_is_forgotten_also_by_whoever_had_taken_it_out() -> None:
    kept = Hashes()
    kept.put(1, 3, hashlib.sha256(b"abc"), kept.age)
    age = kept.age

    kept.forget()
    kept.put(2, 3, hashlib.sha256(b"abc"), age)

    assert (kept.take(1, 3), kept.take(2, 3)) == (None, None)
    assert kept.take(1, 0).hexdigest() == hashlib.sha256().hexdigest()  # type: ignore[union-attr]


def test_what_begins_has_a_hash_of_nothing() -> None:
    kept = Hashes()
    kept.put(1, 3, hashlib.sha256(b"abc"), kept.age)

    for _ in range(2):
        assert kept.take(1, 0).hexdigest() == hashlib.sha256().hexdigest()  # type: ignore[union-attr]


async def test_after_a_crash_of_the_database_the_hash_is_that_of_the_bytes_which_it_has(
    alice: Browser, server: TestServer, database: Engine
) -> None:
    uploads = await tus(alice)
    id = await uploads.begin(6)
    await uploads.send(id, 0, b"abc")
    with database.begin() as conn:  # the crash has taken them, and another process has got others
        conn.execute(update(chunks).values(data=b"xyz"))
        ours = "application_name = 'parley' AND datname = current_database()"
        conn.execute(text(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {ours}"))

    await uploads.send(id, 3, b"def")

    await uploads.file(id)
    with database.connect() as conn:
        assert conn.execute(select(blobs.c.sha256)).scalar_one() == hashlib.sha256(b"xyzdef").digest()


def test_only_so_many_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashes, "MOST", 2)
    kept = Hashes()
    for blob_id in (1, 2, 3):
        kept.put(blob_id, 1, hashlib.sha256(b"a"), kept.age)

    assert [kept.take(blob_id, 1) is not None for blob_id in (1, 2, 3)] == [False, True, True]
