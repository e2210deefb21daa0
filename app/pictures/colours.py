"""Colours as a screen shows them: what a profile describes becomes sRGB, for WebP made by Pillow drops the profile."""

from io import BytesIO

from PIL import Image, ImageCms

_SPACES = {"GRAY": "L", "RGB ": "RGB", "CMYK": "CMYK"}
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """A grey, RGB, RGBA or CMYK picture as RGB or RGBA. A profile that cannot be read or does not fit is left out."""
    alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
    plain = picture.convert("RGB") if alpha else picture
    shown = (_converted(plain, profile) if profile else None) or plain.convert("RGB")
    if alpha:
        shown.putalpha(alpha)
    return shown


def _converted(picture: Image.Image, profile: bytes) -> Image.Image | None:
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        grey_for_colour = source.profile.xcolor_space == "GRAY" and picture.mode == "RGB"
        given = picture.convert("L") if grey_for_colour else picture
        if _SPACES.get(source.profile.xcolor_space) != given.mode:
            return None
        return ImageCms.profileToProfile(given, source, _SRGB, outputMode="RGB")
    except (OSError, ImageCms.PyCMSError):
        return None
