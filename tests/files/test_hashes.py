"""A hash counts for the bytes that it was taken of, and for no others."""

import hashlib

import pytest

from app.files.keeping import hashes
from app.files.keeping.hashes import Hashes


def test_a_hash_is_taken_once_and_only_for_its_size() -> None:
    kept = Hashes()
    kept.put(1, 3, hashlib.sha256(b"abc"))

    assert kept.take(2, 3) is None
    assert kept.take(1, 3).hexdigest() == hashlib.sha256(b"abc").hexdigest()  # type: ignore[union-attr]
    assert kept.take(1, 3) is None
    kept.put(1, 3, hashlib.sha256(b"abc"))
    assert kept.take(1, 4) is None
    assert kept.take(1, 3) is None


def test_what_begins_has_a_hash_of_nothing() -> None:
    kept = Hashes()
    kept.put(1, 3, hashlib.sha256(b"abc"))

    for _ in range(2):
        assert kept.take(1, 0).hexdigest() == hashlib.sha256().hexdigest()  # type: ignore[union-attr]


def test_only_so_many_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashes, "MOST", 2)
    kept = Hashes()
    for blob_id in (1, 2, 3):
        kept.put(blob_id, 1, hashlib.sha256(b"a"))

    assert [kept.take(blob_id, 1) is not None for blob_id in (1, 2, 3)] == [False, True, True]
