"""A picture in the sizes that a page shows: a small one, a large one, and a placeholder of a few hundred bytes."""

import base64
from io import BytesIO

from PIL import Image

from app.pictures.colours import in_srgb
from app.pictures.frames import count_of, flat, frames_of, plays_of, turned

SMALL = (840, 640)  # twice what a message shows of it
LARGE = (2048, 2048)
PLACEHOLDER = (24, 24)
PLACEHOLDER_BYTES = 300  # 400 characters of Base64

# An animation is made as small as it takes to encode it in a few seconds; below the narrowest it would be no use.
MOVING_PIXELS = 30_000_000
NARROWEST = 160


def still(picture: Image.Image, box: tuple[int, int]) -> Image.Image:
    """A picture in sRGB that fits into a box; nothing is made larger. The picture itself may become smaller."""
    small = flat(picture)  # itself, if it is a JPEG, which is then read smaller than it is
    small.thumbnail(box, Image.Resampling.LANCZOS, reducing_gap=2.0)
    return in_srgb(small, picture.info.get("icc_profile"))


def webp_of(picture: Image.Image, *, quality: int, method: int) -> bytes:
    """The bytes of a WebP, without any metadata."""
    made = BytesIO()
    picture.save(made, "WEBP", quality=quality, method=method)
    return made.getvalue()


def moving(picture: Image.Image, turn: Image.Transpose | None) -> bytes | None:
    """An animation that fits into the small box; None where it would be too narrow. All of its frames are decoded."""
    width, height, count = *picture.size, count_of(picture)
    scale = min(1.0, SMALL[0] / width, SMALL[1] / height, (MOVING_PIXELS / (count * width * height)) ** 0.5)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    is_useful = scale == 1 or size[0] >= NARROWEST
    profile, frames, times = picture.info.get("icc_profile"), list[Image.Image](), list[int]()
    for frame, time_ms in frames_of(picture):
        if is_useful:
            frames.append(turned(in_srgb(frame.resize(size, Image.Resampling.LANCZOS), profile).convert("RGBA"), turn))
            times.append(time_ms)
    return animation(frames, times, "WEBP", loop=plays_of(picture), quality=75, method=2) if is_useful else None


def animation(frames: list[Image.Image], times: list[int], form: str, **options: int) -> bytes:
    """The bytes of an animation, each frame with its own time; Pillow's default is the first one's for all."""
    made = BytesIO()
    frames[0].save(made, form, save_all=True, append_images=frames[1:], duration=times, **options)
    return made.getvalue()


def placeholder(picture: Image.Image) -> str:
    """A picture of a few signs of Base64, to be shown blurred until another one is there."""
    tiny = picture.copy()
    tiny.thumbnail(PLACEHOLDER, Image.Resampling.LANCZOS)
    for quality in (40, 20, 5, 0):
        made = webp_of(tiny, quality=quality, method=6)
        if len(made) <= PLACEHOLDER_BYTES:
            break
        tiny.thumbnail((tiny.width * 3 // 4, tiny.height * 3 // 4))
    return base64.b64encode(made).decode()
