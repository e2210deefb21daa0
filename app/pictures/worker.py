"""The process that decodes one picture and ends: `python -m app.pictures.worker FORM SIDE LIMITS ORIGINAL SMALL LARGE`.

The picture is its standard input; the last three are numbers of open files to write to. What became of it is one JSON
object on the standard output. Where SIDE is not 0, only a square of so many pixels is made, in place of the original.
The process has no settings, no network of ours and no names of files: should a picture take over the decoder, it finds
itself and nothing else.
"""

import os
import sys
from io import BytesIO
from typing import Any

import msgspec
from PIL import ExifTags, Image, ImageCms

from app.pictures.limits import Limits, confine
from app.pictures.making import made_of, square_of
from app.pictures.refusal import Damaged, NotShowable, TooLarge


def rehearse(form: str) -> None:
    """Make renditions of a tiny picture: what is imported on the way may not be readable after `confine`."""
    turn, given = Image.Exif(), BytesIO()
    turn[ExifTags.Base.Orientation] = 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    frames = [Image.new("RGB", (2, 1), colour) for colour in ("red", "blue")]
    # Pillow 13.0 crashes when it saves an AVIF of two frames that is to be turned.
    options = {} if form == "AVIF" else {"exif": turn}
    frames[0].save(given, form, save_all=form != "JPEG", append_images=frames[1:], icc_profile=profile, **options)
    made_of(given.getvalue(), form)
    square_of(given.getvalue(), form, side=1)


def answer(form: str, side: int, files: list[int]) -> dict[str, Any]:
    """Decode the standard input and write what is made of it; the sizes, or why there is nothing."""
    try:
        with open(0, "rb", closefd=False) as given:
            made = square_of(given.read(), form, side) if side else made_of(given.read(), form)
    except NotShowable as reason:
        return {"refusal": type(reason).__name__}
    except MemoryError:
        return {"refusal": TooLarge.__name__}
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, OverflowError) as error:
        # What Pillow raises for bytes that it cannot make sense of.
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return {"refusal": Damaged.__name__}
    for number, content in zip(files, (made.original, made.small, made.large), strict=True):
        with open(number, "wb") as file:
            file.write(content or b"")
    return {"width": made.width, "height": made.height, "placeholder": made.placeholder}


def main() -> None:
    """Answer and end, without the time that Python takes to free what the kernel frees anyway."""
    form, side, limits, *files = sys.argv[1:]
    rehearse(form)
    confine(msgspec.json.decode(limits, type=Limits))
    sys.stdout.buffer.write(msgspec.json.encode(answer(form, int(side), [int(number) for number in files])))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
