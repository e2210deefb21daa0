"""What becomes of a file when its last byte has come: pictures are shown, bad ones are files with a reason."""

import asyncio
import uuid
from functools import cache

import pytest
from aiohttp.test_utils import TestServer
from PIL import ExifTags, Image
from sqlalchemy import Engine, func, select, update

from app.db.schema import blobs, files
from app.files.judging import Judging
from app.files.keeping.keys import STORE
from app.pictures.keys import PICTURES
from tests.files.conftest import Tus, tus
from tests.pictures.conftest import noise, read, saved
from tests.support.browsing import Browser, Browsers

SECRET = b"51.4779 N at home"


@pytest.fixture
async def uploads(alice: Browser) -> Tus:
    return await tus(alice)


@cache
def photo() -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation], exif[ExifTags.Base.ImageDescription] = 6, SECRET.decode()
    return saved(noise(1200, 900), "JPEG", exif=exif, quality=90)


async def shown(alice: Browser, id: str, size: str = "") -> bytes:
    async with alice.request("GET", f"/files/{id}/photo.jpg{size}") as answer:
        assert answer.status == 200
        return await answer.read()


def count(database: Engine) -> int:
    with database.connect() as conn:
        return int(conn.execute(select(func.count()).select_from(blobs)).scalar_one())


async def test_a_picture_is_shown_upright_in_its_sizes_and_without_metadata(
    alice: Browser, uploads: Tus, database: Engine
) -> None:
    given = photo()

    id = await uploads.give(given, name="photo.jpg")

    file = await uploads.file(id)
    assert (file["kind"], file["type"], file["width"], file["height"]) == ("picture", "image/jpeg", 900, 1200)
    assert file["placeholder"]
    assert "reason" not in file
    original, large, small = [await shown(alice, id, size) for size in ("", "?size=large", "?size=small")]
    assert SECRET in given
    assert SECRET not in original + large + small
    assert [read(each).size for each in (original, large, small)] == [(900, 1200), (900, 1200), (480, 640)]
    assert count(database) == 3  # the bytes that came are gone


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (photo()[:20_000], "This picture is damaged or incomplete."),
        (saved(Image.new("1", (50_000, 1_100)), "PNG"), "This picture has more than 50 million pixels."),
    ],
)
async def test_a_bad_picture_is_a_file_with_the_reason(
    alice: Browser, uploads: Tus, database: Engine, given: bytes, reason: str
) -> None:
    id = await uploads.give(given, name="photo.jpg")

    file = await uploads.file(id)
    assert (file["kind"], file["type"], file["reason"]) == ("file", "application/octet-stream", reason)
    assert await shown(alice, id) == given
    assert count(database) == 1


async def test_a_drawing_with_a_script_is_a_text(uploads: Tus) -> None:
    id = await uploads.give(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", name="a.svg")

    file = await uploads.file(id)
    assert (file["kind"], file["type"]) == ("text", "text/plain")


async def test_the_same_picture_of_two_people_is_kept_once(uploads: Tus, browser: Browsers, database: Engine) -> None:
    await uploads.give(photo())
    assert count(database) == 3

    bob = browser()
    await bob.sign_up("bobby")
    await (await tus(bob)).give(photo())

    assert count(database) == 3


async def test_a_picture_that_two_processes_judge_is_judged_once(
    alice: Browser, uploads: Tus, server: TestServer, database: Engine
) -> None:
    """Its process died when the bytes had come: whoever asks for it next judges it again."""
    id = await uploads.give(photo())
    with database.begin() as conn:
        conn.execute(update(files).values(whole_at=None, width=None, height=None, small_id=None, large_id=None))
    store = server.app[STORE]
    engine = store._transactions
    both = [Judging(engine, store, server.app[PICTURES]).judge(uuid.UUID(id)) for _ in range(2)]

    await asyncio.gather(*both)

    assert (await uploads.file(id))["width"] == 900
    assert read(await shown(alice, id, "?size=small")).size == (480, 640)
    assert count(database) == 3 + 2  # two of the judging that was forgotten here, which are swept in time
