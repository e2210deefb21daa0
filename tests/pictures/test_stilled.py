"""The first frame of every kind of animation, as decoders see it, and what is left as it is."""

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image

from app.pictures.stilled import first_frame, may_move

COLOURS = [(200, 30, 30), (30, 200, 30), (30, 30, 200)]
FORMS = pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP", "AVIF"])


def moving(form: str, size: tuple[int, int] = (48, 32)) -> bytes:
    frames = [Image.new("RGB", size, colour) for colour in COLOURS]
    made = BytesIO()
    frames[0].save(made, form, save_all=True, append_images=frames[1:], duration=100, loop=0)
    return made.getvalue()


def still(form: str) -> bytes:
    made = BytesIO()
    Image.new("RGB", (48, 32), COLOURS[0]).save(made, form)
    return made.getvalue()


def frames(content: bytes) -> int:
    return int(getattr(Image.open(BytesIO(content)), "n_frames", 1))


@FORMS
def test_the_first_frame_of_an_animation_stands_still(form: str) -> None:
    given = moving(form)
    assert may_move(given[:1000])
    assert frames(given) == 3

    stilled = first_frame(given)

    assert stilled is not None
    picture = Image.open(BytesIO(stilled))
    assert (picture.format, picture.size, frames(stilled)) == (form, (48, 32), 1)
    red, green, blue = picture.convert("RGB").getpixel((20, 20))  # type: ignore[misc]
    assert red > 150 > 100 > max(green, blue)


@pytest.mark.parametrize("form", ["PNG", "WEBP", "AVIF", "JPEG"])
def test_a_picture_that_stands_still_is_known_by_its_beginning(form: str) -> None:
    assert not may_move(still(form)[:1000])


@pytest.mark.parametrize("cut", [lambda content: content[:60], lambda content: content[:20], lambda content: b""])
@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP"])
def test_a_first_frame_that_is_not_whole_is_none(form: str, cut: Callable[[bytes], bytes]) -> None:
    assert first_frame(cut(moving(form))) is None


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP"])
def test_what_stands_behind_the_first_frame_is_not_needed(form: str) -> None:
    given = moving(form)

    assert first_frame(given[:-20]) == first_frame(given)
