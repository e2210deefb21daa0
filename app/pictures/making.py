"""What is made of a picture: its bytes without metadata and upright, its sizes, its placeholder. Pure.

Everything is decoded from the bytes that are served in the end, so that what cannot be decoded is never served.
"""

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any, NamedTuple

from PIL import Image, ImageOps, JpegImagePlugin

from app.pictures import renditions
from app.pictures.bare.avif import is_bare_avif
from app.pictures.bare.profile import bare_profile
from app.pictures.colours import in_srgb
from app.pictures.frames import flat, frames_of, is_animation, opened, plays_of, turn_of, turned
from app.pictures.gif import freed_gif
from app.pictures.jpeg import freed_jpeg
from app.pictures.png import freed_png
from app.pictures.webp import freed_webp

# AVIF has none: its metadata is woven into its boxes, so it is encoded anew, unless it has nothing but its picture.
_FREED: Mapping[str, Callable[[bytes], bytes]] = {
    "JPEG": freed_jpeg,
    "PNG": freed_png,
    "GIF": freed_gif,
    "WEBP": freed_webp,
}


class Renditions(NamedTuple):
    width: int
    height: int
    placeholder: str
    original: bytes
    small: bytes | None
    large: bytes | None


def made_of(given: bytes, form: str) -> Renditions:
    """What is made of a picture of the form that Pillow calls so.

    Raises:
        NotShowable: it is damaged, or larger than is decoded.
    """
    picture = opened(given, form)
    turn = turn_of(picture)
    original = None
    if form in _FREED:
        original = _FREED[form](given)
        picture = opened(original, form)
        original = original if turn is None else None
    elif turn is None and is_bare_avif(given):
        original = given
    return _of_animation(picture, turn, original) if is_animation(picture) else _of_still(picture, turn, original)


def square_of(given: bytes, form: str, side: int) -> Renditions:
    """The middle of a picture as a square WebP of `side` pixels, and no other size; of an animation its first frame.

    Raises:
        NotShowable: it is damaged, or larger than is decoded.
    """
    picture = opened(given, form)
    turn, profile = turn_of(picture), picture.info.get("icc_profile")
    whole = flat(picture)
    whole.thumbnail((4 * side, 4 * side), reducing_gap=2.0)  # reads a JPEG smaller than it is
    square = ImageOps.fit(in_srgb(whole, profile), (side, side), Image.Resampling.LANCZOS)
    made = renditions.webp_of(turned(square, turn), quality=85, method=4)
    return Renditions(side, side, "", made, None, None)


def _of_still(picture: Image.Image, turn: Image.Transpose | None, original: bytes | None) -> Renditions:
    if original is None:
        picture, original = _upright(picture, turn)
    width, height = picture.size
    shown = renditions.still(picture, renditions.LARGE)
    large = renditions.webp_of(shown, quality=80, method=2)
    shown.thumbnail(renditions.SMALL, Image.Resampling.LANCZOS)
    small = renditions.webp_of(shown, quality=78, method=4)
    kept_large = large if len(large) < len(original) else None
    kept_small = small if len(small) < len(kept_large or original) else None
    return Renditions(width, height, renditions.placeholder(shown), original, kept_small, kept_large)


def _of_animation(picture: Image.Image, turn: Image.Transpose | None, original: bytes | None) -> Renditions:
    """An animation has no large size: whoever looks at it closely gets the original."""
    small = renditions.moving(picture, turn)
    picture.seek(1 if picture.info.get("default_image") else 0)
    first = turned(flat(picture), turn)
    width, height = first.size
    if original is None:
        frames, times = zip(*((turned(frame, turn), time_ms) for frame, time_ms in frames_of(picture)), strict=True)
        original = renditions.animation([*frames], [*times], str(picture.format), **_options(picture))
    placeholder = renditions.placeholder(in_srgb(first, picture.info.get("icc_profile")))
    kept_small = small if small and len(small) < len(original) else None
    return Renditions(width, height, placeholder, original, kept_small, None)


def _upright(picture: Image.Image, turn: Image.Transpose | None) -> tuple[Image.Image, bytes]:
    """The turned picture, and its bytes in the form that it had."""
    upright, made = turned(picture, turn), BytesIO()
    upright.save(made, picture.format, **_options(picture))
    return upright, made.getvalue()


def _options(picture: Image.Image) -> dict[str, Any]:
    """With what a picture is encoded anew: a JPEG with its own tables, so that it keeps its quality and size."""
    bare = bare_profile(picture.info.get("icc_profile", b""))
    profile: dict[str, Any] = {"icc_profile": bare} if bare else {}
    if isinstance(picture, JpegImagePlugin.JpegImageFile):
        sampling = JpegImagePlugin.get_sampling(picture)
        tables = [*picture.quantization.values()]
        return {"qtables": tables, "subsampling": max(sampling, 0), **profile}
    if picture.format == "AVIF":
        return {"quality": 80, "speed": 9, "icc_profile": bare or b""}
    times = {"loop": plays_of(picture)} if is_animation(picture) else {}
    return {"quality": 90, "method": 2, **times, **profile} if picture.format == "WEBP" else {**times, **profile}
