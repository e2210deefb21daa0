"""A picture as Pillow decodes it: frame by frame, upright, with its times, and not larger than is bearable."""

import warnings
from collections.abc import Iterator
from io import BytesIO

from PIL import AvifImagePlugin, ExifTags, Image, UnidentifiedImageError

from app.pictures.refusal import MOST_PIXELS, Damaged, TooManyFrames, TooManyPixels

MOST_PIXELS_IN_ALL = 12 * MOST_PIXELS  # of all frames of an animation

# Pillow warns above this number of pixels, wherever it makes a picture, and raises above twice as many.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)
AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # each takes memory of its own, and one picture may not take all cores

_ANIMATED = frozenset({"GIF", "PNG", "WEBP", "AVIF"})  # a JPEG's second picture is no second frame
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def opened(given: bytes, form: str) -> Image.Image:
    """A picture of which only the head is decoded yet.

    Raises:
        Damaged: it is no picture of this form.
        TooManyPixels: `MOST_PIXELS`, before any of them are decoded.
    """
    try:
        return Image.open(BytesIO(given), formats=[form])
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise TooManyPixels from error
    except UnidentifiedImageError as error:
        raise Damaged from error


def turn_of(picture: Image.Image) -> Image.Transpose | None:
    """How a picture is turned to stand upright, as its Exif says; what its XMP says counts for no browser."""
    exif = Image.Exif()
    exif.load(picture.info.get("exif", b""))
    return _TURNS.get(exif.get(ExifTags.Base.Orientation, 1))


def turned(picture: Image.Image, turn: Image.Transpose | None) -> Image.Image:
    return picture if turn is None else picture.transpose(turn)


def is_animation(picture: Image.Image) -> bool:
    return picture.format in _ANIMATED and count_of(picture) > 1


def count_of(picture: Image.Image) -> int:
    """How many frames an animation has; a PNG's first picture may stand for those who show no animation."""
    frames: int = getattr(picture, "n_frames", 1)
    return frames - 1 if picture.info.get("default_image") else frames


def frames_of(picture: Image.Image) -> Iterator[tuple[Image.Image, int]]:
    """Each frame of an animation as one sees it, with its time in milliseconds.

    Raises:
        TooManyFrames: `MOST_PIXELS_IN_ALL`, before any frame is decoded.
    """
    count = count_of(picture)
    if count * picture.width * picture.height > MOST_PIXELS_IN_ALL:
        raise TooManyFrames
    begins = 1 if picture.info.get("default_image") else 0
    for number in range(begins, begins + count):
        picture.seek(number)
        picture.load()  # some forms have the time of a frame only then
        frame = flat(picture)
        yield frame if frame is not picture else picture.copy(), round(picture.info.get("duration", 0))


def plays_of(picture: Image.Image) -> int:
    """How often an animation plays; 0: without end. A GIF says how often it is repeated instead."""
    loop: int = picture.info.get("loop", 1 if picture.format != "GIF" else -1)
    return loop if picture.format != "GIF" or loop == 0 else (loop + 1 if loop > 0 else 1)


def flat(picture: Image.Image) -> Image.Image:
    """A picture without palette or deep colours: grey, RGB, RGBA or CMYK."""
    if picture.mode.startswith("I"):
        # Sixteen bits of grey: `convert` makes white of all but the darkest.
        return picture.point(lambda value: value * (1 / 256), "L")
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    return picture if picture.mode in {"L", "RGB", "CMYK"} else picture.convert("RGB")
