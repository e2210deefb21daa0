"""Files that messages carry, written into the database as uploads leave them."""

import base64
import hashlib
import io
import uuid
import wave
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import Engine, func, insert, select

from app.db.tables.files import attachments, blobs, chunks, files
from tests.browser.conftest import Fill, Visit
from tests.browser.person import Person

Carry = Callable[..., str]
LookingAt = Callable[..., Awaitable[Person]]


@pytest.fixture
def carry(database: Engine) -> Carry:
    """Has the message `seq` of the first room carry one more file; returns the file's id."""

    def carried(seq: int, content: bytes, **columns: Any) -> str:
        file_id = uuid.uuid4()
        with database.begin() as conn:
            digest, size = hashlib.sha256(content).digest(), len(content)
            blob = conn.scalar(select(blobs.c.id).where(blobs.c.sha256 == digest))
            if blob is None:
                blob = conn.scalar(insert(blobs).values(sha256=digest, size=size).returning(blobs.c.id))
                conn.execute(insert(chunks).values(blob_id=blob, begins=0, data=content))
            given = {"id": file_id, "owner_id": 1, "size": size, "received": size, "blob_id": blob}
            conn.execute(insert(files).values({**given, "whole_at": func.now(), **columns}))
            its = attachments.c.room_id == 1, attachments.c.seq == seq
            position = conn.scalar(select(func.count()).select_from(attachments).where(*its))
            conn.execute(insert(attachments).values(room_id=1, seq=seq, position=position, file_id=file_id))
        return str(file_id)

    return carried


@pytest.fixture
def looking_at(visit: Visit, fill: Fill, carry: Carry) -> LookingAt:
    """Somebody in front of a room whose last message carries these files."""

    async def looking(*given: dict[str, Any], messages: int = 1, **options: Any) -> Person:
        alice = await visit("alice", **options)
        fill("alice", messages)
        for each in given:
            carry(messages, **each)
        await alice.reload()
        return alice

    return looking


def picture(width: int, height: int, name: str = "sea.png", **columns: Any) -> dict[str, Any]:
    """A picture to carry, of one colour and with a hole, and what the server keeps of it."""
    image = Image.new("RGBA", (width, height), (30, 90, 140, 255))
    image.paste((0, 0, 0, 0), (0, 0, width // 4, height // 4))
    placeholder = encoded(image.resize((4, 4)), "WEBP")
    return {
        **{"content": encoded(image, "PNG"), "name": name, "kind": "picture", "type": "image/png"},
        **{"width": width, "height": height, "placeholder": base64.b64encode(placeholder).decode(), **columns},
    }


def text(content: bytes, name: str) -> dict[str, Any]:
    return {"content": content, "name": name, "kind": "text", "type": "text/plain"}


def sound(seconds: int) -> bytes:
    """Silence that every browser plays."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((1, 1, 8_000, 0, "NONE", ""))
        writer.writeframes(b"\x80" * 8_000 * seconds)
    return file.getvalue()


def encoded(image: Image.Image, kind: str) -> bytes:
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()
