"""Files that people have given, as rows of the database."""

import hashlib
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from msgspec import Struct
from multidict import CIMultiDictProxy
from sqlalchemy import Connection, Engine, func, insert, select

from app.db.tables.files import attachments, blobs, chunks, files
from tests.chat.conftest import Member, join, server

__all__ = ["join", "server"]

CHUNK_BYTES = 4_000  # few, so that small files have several


class Answer(Struct):
    """What a server said to a request for a file."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes


class Given(Struct):
    """A file that somebody gave."""

    id: uuid.UUID
    name: str
    content: bytes
    small: bytes | None
    large: bytes | None

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.content).hexdigest()}"'

    def path(self, **query: str) -> str:
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        return f"/files/{self.id}/name?{asked}"


Give = Callable[..., Given]
Attach = Callable[..., None]


@pytest.fixture
def give(database: Engine) -> Give:
    """Writes a file of somebody's: `give(alice, b"…", name="a.txt", kind="text")`."""

    def given_by(
        owner: Member,
        content: bytes = b"the bytes",
        *,
        name: str = "a.bin",
        small: bytes | None = None,
        large: bytes | None = None,
        chunk_bytes: int = CHUNK_BYTES,
        **columns: Any,
    ) -> Given:
        file = Given(uuid.uuid4(), name, content, small, large)
        with database.begin() as conn:
            kept = {
                column: None if bytes_ is None else keep(conn, bytes_, chunk_bytes)
                for column, bytes_ in (("blob_id", content), ("small_id", small), ("large_id", large))
            }
            values = {
                "id": file.id,
                "owner_id": owner.author["id"],
                "name": name,
                "size": len(content),
                "received": len(content),
                "whole_at": func.now(),
            }
            conn.execute(insert(files).values({**values, **kept, **columns}))
        return file

    return given_by


def keep(conn: Connection, content: bytes, chunk_bytes: int) -> int:
    """Bytes as a blob, once; returns its id."""
    digest = hashlib.sha256(content).digest()
    if (found := conn.execute(select(blobs.c.id).where(blobs.c.sha256 == digest)).scalar()) is not None:
        return int(found)
    values = {"sha256": digest, "size": len(content)}
    blob_id = int(conn.execute(insert(blobs).values(values).returning(blobs.c.id)).scalar_one())
    rows = [
        {"blob_id": blob_id, "begins": begin, "data": content[begin : begin + chunk_bytes]}
        for begin in range(0, len(content), chunk_bytes)
    ]
    if rows:
        conn.execute(insert(chunks), rows)
    return blob_id


@pytest.fixture
def attach(database: Engine) -> Attach:
    """Has a message carry a file: `attach(file, seq=1, room=1)`."""

    def attach_to(file: Given, seq: int, room: int = 1) -> None:
        with database.begin() as conn:
            conn.execute(insert(attachments).values(room_id=room, seq=seq, position=0, file_id=file.id))

    return attach_to


async def read(person: Member, path: str, method: str = "GET", **headers: str) -> Answer:
    """What somebody gets at an address."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    async with person.browser.request(method, path, headers=given, allow_redirects=False) as answer:
        return Answer(answer.status, answer.headers, await answer.read())
