"""What is made of good pictures: upright, without metadata, in the sizes that are shown, with the colours they had."""

import base64
from io import BytesIO

import pytest
from PIL import ExifTags, Image, ImageChops, ImageCms, ImageStat, PngImagePlugin

from app.pictures.bare.avif import is_bare_avif
from app.pictures.making import Renditions, made_of
from app.pictures.renditions import LARGE, PLACEHOLDER_BYTES, SMALL
from tests.pictures.conftest import Show, noise, read, saved

SECRET = b"51.4779 N at home"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>' + SECRET + b"</a></x:xmpmeta>"
FORMS = ["JPEG", "PNG", "GIF", "WEBP", "AVIF"]
WHITE, RED = (255, 255, 255), (255, 0, 0)


def gps(turn: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turn
    exif[ExifTags.Base.ImageDescription] = SECRET.decode()
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (51.0, 28.0, 40.0)
    return exif


def corner(size: tuple[int, int] = (64, 32)) -> Image.Image:
    """A white picture with a red upper left quarter."""
    picture = Image.new("RGB", size, WHITE)
    picture.paste(RED, (0, 0, size[0] // 2, size[1] // 2))
    return picture


def is_near(one: Image.Image, other: Image.Image, most: float) -> bool:
    one, other = one.convert("RGBA"), other.convert("RGBA")
    return one.size == other.size and max(ImageStat.Stat(ImageChops.difference(one, other)).mean) <= most


def frames(given: bytes | None) -> tuple[list[Image.Image], list[int], int]:
    """The frames of an animation, their times, and how often it plays."""
    picture, found, times = read(given), [], []
    for number in range(picture.n_frames):
        picture.seek(number)
        picture.load()
        found.append(picture.convert("RGBA"))
        times.append(round(picture.info["duration"]))
    return found, times, picture.info.get("loop", -1)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("turn", range(1, 9))
def test_a_picture_stands_upright_as_its_exif_says(form: str, turn: int) -> None:
    turned = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[turn]
    held = corner() if turned is None else corner().transpose(turned)

    made = made_of(saved(held, form, exif=gps(turn), quality=95), form)

    assert (made.width, made.height) == (64, 32)
    assert is_near(read(made.original), corner(), 4)
    for rendition in filter(None, (made.small, made.large)):
        assert is_near(read(rendition), corner(), 6)
    assert SECRET not in made.original
    assert not read(made.original).getexif()


@pytest.mark.parametrize("form", FORMS)
def test_no_metadata_is_left(form: str) -> None:
    options = {"GIF": {"comment": SECRET}}.get(form, {"exif": gps(), "xmp": XMP, "comment": SECRET})
    given = saved(noise(900, 700).quantize(16).convert("RGB"), form, **options) + SECRET

    made = made_of(given, form)

    assert SECRET in given
    for written in filter(None, (made.original, made.small, made.large, base64.b64decode(made.placeholder))):
        assert SECRET not in written
        assert not read(written).getexif()
        assert {"exif", "xmp", "comment", "XML:com.adobe.xmp"}.isdisjoint(read(written).info)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP"])
def test_the_compressed_pixels_of_an_upright_picture_stay_as_they_were(form: str) -> None:
    plain = saved(noise(90, 70), form)

    assert made_of(plain, form).original == plain
    assert is_near(read(made_of(saved(noise(90, 70), form, exif=gps()), form).original), noise(90, 70), 255)


@pytest.mark.parametrize("marker", [0xE1, 0xE5, 0xEF, 0xF0, 0xFD, 0xFE])
def test_a_jpeg_keeps_no_segment_but_those_of_its_pixels(marker: int) -> None:
    plain = saved(noise(90, 70), "JPEG")
    segment = bytes((0xFF, marker)) + (len(SECRET) + 2).to_bytes(2, "big") + SECRET

    assert made_of(plain[:2] + segment + plain[2:], "JPEG").original == plain


def test_a_progressive_jpeg_stays_as_it_was() -> None:
    plain = saved(noise(90, 70), "JPEG", progressive=True, restart_marker_rows=1)

    assert made_of(plain, "JPEG").original == plain


def test_the_text_of_a_png_is_gone_packed_or_not_and_what_stands_behind_its_end() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", SECRET.decode())
    text.add_text("Packed", SECRET.decode(), zip=True)
    text.add_itxt("Title", SECRET.decode())

    made = made_of(saved(noise(9, 7), "PNG", pnginfo=text) + b"cropped " + SECRET, "PNG")

    assert not read(made.original).info
    assert made.original.endswith(b"IEND\xaeB`\x82")


def test_the_second_picture_and_the_trailer_of_a_phones_jpeg_are_gone() -> None:
    first, second = noise(64, 64), Image.new("RGB", (64, 64), "blue")
    given = saved(first, "MPO", save_all=True, append_images=[second], exif=gps()) + SECRET

    made = made_of(given, "JPEG")

    assert read(given).format == "MPO"
    assert read(made.original).format == "JPEG"
    assert made.original.count(b"\xff\xd8\xff") == 1
    assert SECRET not in made.original
    assert made.original.endswith(b"\xff\xd9")


def test_a_profile_keeps_its_colours_and_loses_its_names() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    named = srgb.replace(b"\x00s\x00R\x00G\x00B", b"\x00S\x00N\x00o\x009")
    assert named != srgb
    for form in ("JPEG", "PNG", "WEBP", "AVIF"):
        kept = read(made_of(saved(noise(64, 64), form, icc_profile=named), form).original).info["icc_profile"]

        assert b"S\x00N\x00o\x009" not in kept
        assert is_near(in_srgb(noise(64, 64), kept), in_srgb(noise(64, 64), srgb), 255)
        assert is_near(in_srgb(corner(), kept), in_srgb(corner(), srgb), 0)


def in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    source = ImageCms.ImageCmsProfile(BytesIO(profile))
    shown = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"))
    assert shown is not None
    return shown


def test_renditions_show_the_colours_of_the_profile() -> None:
    """A profile whose red is green: what is drawn red must look green in all sizes."""
    swapped = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = swapped.index(b"rXYZ"), swapped.index(b"gXYZ")
    swapped[red : red + 4], swapped[green : green + 4] = b"gXYZ", b"rXYZ"
    picture = noise(1000, 800).point(lambda value: value // 8)
    picture.paste((255, 0, 0), (0, 0, 900, 800))

    made = made_of(saved(picture, "PNG", icc_profile=bytes(swapped)), "PNG")

    for shown in (made.large, made.small):
        red_part, green_part, _ = read(shown).convert("RGB").getpixel((100, 100))
        assert red_part < 60
        assert green_part > 200


def test_a_profile_that_cannot_be_read_is_left_out() -> None:
    made = made_of(saved(noise(64, 64), "PNG", icc_profile=b"nonsense" * 30), "PNG")

    assert "icc_profile" not in read(made.original).info


@pytest.mark.parametrize(("width", "height"), [(3000, 2000), (300, 2500), (840, 640), (1, 1), (3000, 1)])
def test_each_size_fits_into_its_box_and_is_as_wide_as_it_is_high(width: int, height: int) -> None:
    made = made_of(saved(noise(width, height), "PNG"), "PNG")

    assert (made.width, made.height) == (width, height)
    for size, box in ((made.small, SMALL), (made.large, LARGE)):
        if size is not None:
            shown = read(size)
            scale = min(1, box[0] / width, box[1] / height)
            assert shown.width == pytest.approx(width * scale, abs=1)
            assert shown.height == pytest.approx(height * scale, abs=1)
    tiny = base64.b64decode(made.placeholder)
    assert len(tiny) <= PLACEHOLDER_BYTES
    assert len(made.placeholder) <= 400
    assert read(tiny).format == "WEBP"


def test_a_size_that_would_be_no_smaller_is_not_kept() -> None:
    made = made_of(saved(noise(400, 300), "JPEG", quality=5), "JPEG")

    assert made.small is None
    assert made.large is None


def test_sixteen_bits_of_grey_stay_grey() -> None:
    deep = Image.new("I;16", (1000, 800), 32_768)

    made = made_of(saved(deep, "PNG"), "PNG")

    assert 125 <= read(base64.b64decode(made.placeholder)).convert("L").getpixel((3, 3)) <= 131


@pytest.mark.parametrize("mode", ["RGB", "L", "P"])
def test_a_colour_that_is_transparent_stays_transparent(mode: str) -> None:
    picture = noise(1000, 800).convert(mode).point(lambda value: value // 2 + 1)  # nowhere 0
    picture.paste({"RGB": (0, 0, 0), "L": 0, "P": 0}[mode], (0, 0, 500, 800))

    made = made_of(saved(picture, "PNG", transparency={"RGB": (0, 0, 0), "L": 0, "P": 0}[mode]), "PNG")

    for shown in filter(None, (made.small, made.large)):
        assert read(shown).convert("RGBA").getpixel((5, 5))[3] == 0
        assert read(shown).convert("RGBA").getpixel((read(shown).width - 5, 5))[3] == 255


def test_a_picture_for_print_becomes_one_for_screens() -> None:
    made = made_of(saved(noise(1000, 800).convert("CMYK"), "JPEG"), "JPEG")

    assert read(made.original).mode == "CMYK"
    assert read(made.small).mode == "RGB"


TIMES = [100, 200, 300, 1000]


def moving(form: str, **options: object) -> bytes:
    colours = [Image.new("RGB", (300, 200), colour) for colour in ("red", "lime", "blue", "white")]
    shown = [Image.blend(each, noise(300, 200), 0.3) for each in colours]
    return saved(shown[0], form, save_all=True, append_images=shown[1:], duration=TIMES, **options)


def check_animation(made: Renditions) -> None:
    assert (made.width, made.height) == (300, 200)
    assert made.large is None
    for written in filter(None, (made.original, made.small)):
        shown, times, _ = frames(written)
        assert times == TIMES
        colours = [max(range(3), key=frame.resize((1, 1)).getpixel((0, 0)).__getitem__) for frame in shown[:3]]
        assert colours == [0, 1, 2]


def test_an_animation_of_a_wasteful_form_is_made_smaller() -> None:
    assert made_of(moving("GIF"), "GIF").small is not None
    assert made_of(moving("PNG"), "PNG").small is not None


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP", "AVIF"])
def test_an_animation_stays_one_with_its_times(form: str) -> None:
    check_animation(made_of(moving(form), form))


@pytest.mark.parametrize(("gif", "webp"), [({"loop": 0}, 0), ({"loop": 2}, 3), ({}, 1)])
def test_a_gif_plays_as_often_as_it_did(gif: dict[str, int], webp: int) -> None:
    """A GIF says how often it is repeated, a WebP how often it is played."""
    made = made_of(moving("GIF", **gif), "GIF")

    assert frames(made.original)[2] == gif.get("loop", -1)
    assert frames(made.small)[2] == webp


def test_the_picture_for_those_who_show_no_animation_is_no_frame_of_it() -> None:
    made = made_of(moving("PNG", default_image=True), "PNG")

    assert frames(made.small)[1] == TIMES[:3]


def test_an_animation_is_turned_frame_by_frame() -> None:
    made = made_of(moving("WEBP", exif=gps(6)), "WEBP")

    assert (made.width, made.height) == (200, 300)
    assert read(made.original).size == (200, 300)
    assert frames(made.original)[1] == TIMES


async def test_the_worker_makes_the_same(show: Show) -> None:
    for form in FORMS:
        given = saved(noise(1000, 800), form, **({} if form == "GIF" else {"exif": gps(6)}))

        assert [*await show(given, form)] == [*made_of(given, form)]


def test_an_avif_that_has_nothing_but_its_picture_stays_as_it_is_and_another_is_made_anew() -> None:
    picture = noise(40, 30)
    bare = made_of(saved(picture.convert("RGBA"), "AVIF", exif=gps()), "AVIF").original

    assert is_bare_avif(bare)
    assert made_of(bare, "AVIF").original == bare
    for more in (saved(picture, "AVIF", exif=gps()), saved(picture, "AVIF", xmp=XMP), bare + b"more", bare[:-1], b""):
        assert not is_bare_avif(more)
