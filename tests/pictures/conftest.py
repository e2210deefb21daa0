"""Pictures that tests make themselves, and what the worker makes of them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from io import BytesIO
from typing import NamedTuple

import pytest
from PIL import Image

from app.pictures.pictures import Pictures


class Shown(NamedTuple):
    width: int
    height: int
    placeholder: str
    original: bytes
    small: bytes | None
    large: bytes | None


Show = Callable[..., Awaitable[Shown]]


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

    async def made(given: bytes, form: str) -> Shown:
        async with pictures.made(pieces(given), f"image/{form.lower()}") as made:
            sizes = [file.read() if file else None for file in (made.original, made.small, made.large)]
            return Shown(made.width, made.height, made.placeholder, sizes[0] or b"", sizes[1], sizes[2])

    return made
