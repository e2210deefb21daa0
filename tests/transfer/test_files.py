"""The files of an export come in as posted ones are, once, within the limits of this server."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import IO
from zipfile import BadZipFile

import pytest
from PIL import ExifTags, Image
from sqlalchemy import Engine, func, select

from app.db.schema import attachments, blobs, files, messages, users
from app.files.keeping.store import Store
from app.transfer.records import File, Message, Person, Room
from app.transfer.staged import writing
from tests.pictures.conftest import noise, saved
from tests.support.browsing import Browser
from tests.transfer.conftest import MOST_MB, TOTAL_MB, Bring, Said

AT = datetime(2021, 5, 1, 9, tzinfo=UTC)
OLENA, KITCHEN = Person("U1", "olena"), Room("C1", "open", "kitchen", members=("U1",))
SECRET = "51.4779 N at home"
MEGABYTE = 1024 * 1024


def photo() -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation], exif[ExifTags.Base.ImageDescription] = 6, SECRET
    return saved(noise(300, 200), "JPEG", exif=exif, quality=90)


def file(name: str, content: bytes, **more: object) -> File:
    return File(name, open=lambda: BytesIO(content), **more)  # type: ignore[arg-type]


def broken() -> IO[bytes]:
    raise BadZipFile("Bad CRC-32")


def message(key: str, text: str, *carried: File, minutes: int = 0) -> Message:
    return Message("C1", key, "U1", AT + timedelta(minutes=minutes), text, files=carried)


def carried(database: Engine) -> list[tuple[object, ...]]:
    """What stands in the messages of the kitchen."""
    statement = (
        select(messages.c.seq, attachments.c.position, files.c.name, files.c.kind, files.c.type, files.c.width)
        .add_columns(files.c.height, files.c.alt, users.c.login)
        .join_from(attachments, files, files.c.id == attachments.c.file_id)
        .join(messages, (messages.c.room_id == attachments.c.room_id) & (messages.c.seq == attachments.c.seq))
        .join(users, users.c.id == files.c.owner_id)
        .order_by(messages.c.seq, attachments.c.position)
    )
    with database.connect() as conn:
        return [tuple(row) for row in conn.execute(statement)]


def counts(database: Engine) -> tuple[int, int, int]:
    with database.connect() as conn:
        return tuple(conn.scalar(select(func.count()).select_from(each)) or 0 for each in (messages, files, blobs))  # type: ignore[return-value]


async def test_files_come_with_their_messages_as_posted_ones_do(
    bring: Bring, said: Said, database: Engine, store: Store
) -> None:
    given = photo()

    report = await bring(
        [OLENA, KITCHEN, message("1", "Look", file("a/photo.jpg", given, alt="At home"), file("note.txt", b"Hello"))]
    )

    assert [row.body for row in said("kitchen")] == ["Look"]
    assert carried(database) == [
        (1, 1, "photo.jpg", "picture", "image/jpeg", 200, 300, "At home", "olena"),
        (1, 2, "note.txt", "text", "text/plain", None, None, "", "olena"),
    ]
    assert (report.files, report.files_came, report.left_out) == (2, 2, {})
    with database.connect() as conn:
        picture = conn.execute(select(files).where(files.c.kind == "picture")).one()
        kept = {
            each: b"".join([piece async for piece in store.read(each)]) for each in conn.scalars(select(blobs.c.id))
        }
    assert picture.placeholder
    assert SECRET.encode() in given
    assert all(SECRET.encode() not in content for content in kept.values())


async def test_the_same_bytes_are_kept_once_and_a_second_run_adds_nothing(bring: Bring, database: Engine) -> None:
    records = [
        OLENA,
        KITCHEN,
        message("1", "", file("a.txt", b"same"), file("b.txt", b"same")),
        message("2", "Hi", minutes=1),
    ]

    first, before = await bring(records), counts(database)
    second = await bring(records)

    assert before == (2, 2, 1)
    assert counts(database) == before
    assert (first.files_came, second.files_came) == (2, 0)


@pytest.mark.parametrize(
    ("opened", "reason"),
    [
        (lambda: BytesIO(bytes(MOST_MB * MEGABYTE + 1)), "too large here"),
        (broken, "broken in the export"),
    ],
)
async def test_what_cannot_be_kept_is_counted_and_its_name_stands_in_the_text(
    bring: Bring, said: Said, database: Engine, opened: Callable[[], IO[bytes]], reason: str
) -> None:
    refused = File("big.bin", open=opened)

    report = await bring(
        [OLENA, KITCHEN, message("1", "See", refused, file("a.txt", b"a")), message("2", "", refused, minutes=1)]
    )

    assert [row.body for row in said("kitchen")] == ["See\n[big.bin]", "[big.bin]"]
    assert [row[:3] for row in carried(database)] == [(1, 2, "a.txt")]
    assert [count for what, count in report.left_out.items() if reason in what] == [2]
    assert counts(database) == (2, 1, 1)


async def test_what_is_over_the_total_of_the_server_is_refused(bring: Bring, said: Said, database: Engine) -> None:
    many = [message(str(n), f"{n}", file(f"{n}.bin", bytes([n]) * MEGABYTE), minutes=n) for n in range(TOTAL_MB + 2)]

    report = await bring([OLENA, KITCHEN, *many])

    assert report.files_came == TOTAL_MB
    assert [row.body for row in said("kitchen")][-2:] == ["20\n[20.bin]", "21\n[21.bin]"]
    assert [count for what, count in report.left_out.items() if "no room here" in what] == [2]


async def test_a_picture_that_is_broken_comes_as_a_file_and_is_counted(bring: Bring, database: Engine) -> None:
    report = await bring([OLENA, KITCHEN, message("1", "", file("photo.jpg", photo()[:9_000]))])

    assert [row[2:5] for row in carried(database)] == [("photo.jpg", "file", "application/octet-stream")]
    assert [*report.left_out.items()] == [
        ("pictures as pictures, which came as files to save: This picture is damaged or incomplete.", 1)
    ]


async def test_more_files_than_a_message_takes_follow_in_messages_behind_it(
    bring: Bring, said: Said, database: Engine
) -> None:
    many = [file(f"{n}.txt", f"{n}".encode()) for n in range(23)]

    await bring([OLENA, KITCHEN, message("1", "All", *many), message("2", "after", minutes=1)])

    assert [row.body for row in said("kitchen")] == ["All", "", "", "after"]
    assert [(seq, name) for seq, _, name, *_ in carried(database)] == [(1 + n // 10, f"{n}.txt") for n in range(23)]


async def test_a_message_that_stands_twice_in_an_export_has_the_files_of_the_last(
    bring: Bring, said: Said, database: Engine
) -> None:
    await bring(
        [
            *(OLENA, KITCHEN),
            message("1", "first", file("a.txt", b"a"), file("b.txt", b"b")),
            message("1", "last", file("c.txt", b"c")),
        ]
    )

    assert [row.body for row in said("kitchen")] == ["last"]
    assert [row[:3] for row in carried(database)] == [(1, 1, "c.txt")]


async def test_a_file_that_the_export_does_not_have_leaves_its_name(bring: Bring, said: Said) -> None:
    report = await bring([OLENA, KITCHEN, message("1", "See", File("gone.pdf"))])

    assert [row.body for row in said("kitchen")] == ["See\n[gone.pdf]"]
    assert [count for what, count in report.left_out.items() if "does not have" in what] == [1]


async def test_one_that_was_killed_between_a_file_and_its_message_brings_it_once(
    bring: Bring, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [OLENA, KITCHEN, message("1", "", file("a.txt", b"a"))]

    async def ends(*_: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(writing, "_write_batch", ends)
        with pytest.raises(RuntimeError, match="killed"):
            await bring(records)
    assert counts(database) == (0, 1, 1)

    await bring(records)

    assert counts(database) == (1, 1, 1)
    assert [row[2] for row in carried(database)] == ["a.txt"]


async def test_members_get_the_file_and_outsiders_do_not(
    bring: Bring, database: Engine, alice: Browser, bob: Browser
) -> None:
    room = Room("C1", "closed", "kitchen", members=("U1",))
    await bring([Person("U1", "alice"), room, message("1", "", file("a.txt", b"for members"))])
    with database.connect() as conn:
        file_id = conn.execute(select(files.c.id)).scalar_one()

    for browser, status in ((alice, 200), (bob, 404)):
        async with browser.request("GET", f"/files/{file_id}/a.txt") as answer:
            assert answer.status == status
            assert (b"for members" in await answer.read()) is (status == 200)
