"""Pictures that tests make themselves, and what the worker makes of them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from io import BytesIO

import pytest
from PIL import ExifTags, Image, ImageDraw

from app.pictures.making import Renditions
from app.pictures.pictures import Pictures

Show = Callable[..., Awaitable[Renditions]]


async def pieces(given: bytes, size: int = 65_536) -> AsyncIterator[bytes]:
    for begin in range(0, len(given), size):
        yield given[begin : begin + size]
        await asyncio.sleep(0)


def noise(width: int, height: int) -> Image.Image:
    """A picture that no encoder makes small."""
    bands = [Image.effect_noise((width, height), 80) for _ in range(3)]
    return Image.merge("RGB", bands)


def saved(picture: Image.Image, form: str, **options: object) -> bytes:
    made = BytesIO()
    picture.save(made, form, **options)
    return made.getvalue()


def portrait() -> Image.Image:
    """A high picture with a round face in its middle."""
    picture = Image.new("RGB", (600, 900), "#8ecae6")
    drawing = ImageDraw.Draw(picture)
    drawing.ellipse((120, 270, 480, 630), fill="#ffb703")
    for left in (210, 340):
        drawing.ellipse((left, 390, left + 50, 450), fill="#023047")
    drawing.arc((220, 430, 380, 570), 20, 160, fill="#023047", width=14)
    return picture


def corner_of(turn: int) -> bytes:
    """A JPEG of a white picture with a red upper left quarter, once it is turned as its Exif says."""
    picture = Image.new("RGB", (400, 400), "white")
    picture.paste((255, 0, 0), (0, 0, 200, 200))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation], exif[ExifTags.Base.ImageDescription] = turn, "at home"
    back = {6: Image.Transpose.ROTATE_90}[turn]
    return saved(picture.transpose(back), "JPEG", exif=exif)


def read(given: bytes | None) -> Image.Image:
    assert given is not None
    picture = Image.open(BytesIO(given))
    picture.load()
    return picture


@pytest.fixture
def pictures() -> Pictures:
    return Pictures()


@pytest.fixture
def show(pictures: Pictures) -> Show:
    """What is made of the bytes of a picture: `await show(given, "JPEG")`."""

    async def made(given: bytes, form: str) -> Renditions:
        async with pictures.made(pieces(given), f"image/{form.lower()}") as made:
            sizes = [file.read() if file else None for file in (made.original, made.small, made.large)]
            return Renditions(made.width, made.height, made.placeholder, sizes[0] or b"", sizes[1], sizes[2])

    return made
