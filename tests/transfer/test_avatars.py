"""Pictures of people come with their accounts, as squares, and once."""

from io import BytesIO
from typing import IO
from zipfile import BadZipFile

import pytest
from PIL import Image
from sqlalchemy import Engine, func, insert, select

from app.db.schema import blobs, users
from app.files.keeping.store import Store
from app.transfer import importing
from app.transfer.records import Person, Record, Room
from tests.pictures.conftest import noise, saved
from tests.transfer.conftest import Bring


def _broken() -> IO[bytes]:
    raise BadZipFile("Bad CRC-32")


def _with(content: bytes, key: str, login: str, **more: str) -> Person:
    return Person(key, login, avatar=lambda: BytesIO(content), **more)  # type: ignore[arg-type]


def _avatars(database: Engine) -> dict[str, int | None]:
    with database.connect() as conn:
        return {row.login: row.avatar_id for row in conn.execute(select(users.c.login, users.c.avatar_id))}


async def test_accounts_that_are_made_have_their_pictures_as_squares_and_who_is_here_keeps_the_letters(
    bring: Bring, database: Engine, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "WITH_PICTURES", 2)
    wide, other = saved(noise(600, 300), "JPEG"), saved(noise(300, 300), "PNG")
    with database.begin() as conn:
        conn.execute(insert(users).values(login="dana", display_name="Dana", password_hash="x"))
    people: list[Record] = [
        _with(wide, "U1", "olena"),
        _with(other, "U2", "bobby", kind="gone"),
        _with(wide, "U3", "dana"),
        _with(b"no picture", "U4", "carol"),
        Person("U5", "erik", avatar=_broken),
        Person("U6", "fay"),
        _with(wide, "U7", "grace"),
    ]

    report = await bring([*people, Room("C1", "open", "kitchen", members=("U1",))])
    first = _avatars(database)
    again = await bring([*people, Room("C1", "open", "kitchen", members=("U1",))])

    assert {login for login, avatar in first.items() if avatar is not None} == {"olena", "bobby", "grace"}
    assert first["olena"] == first["grace"] != first["bobby"]
    assert report.people_made == 6
    assert report.left_out == {"pictures of people that cannot be shown": 2}
    assert again.left_out == {}
    assert _avatars(database) == first
    avatar = first["olena"]
    assert avatar is not None
    shown = Image.open(BytesIO(b"".join([piece async for piece in store.read(avatar)])))
    assert (shown.format, shown.size) == ("WEBP", (256, 256))
    with database.connect() as conn:
        assert conn.scalar(select(func.count()).select_from(blobs)) == 2
