"""Draws the icons of the app from the mark, which static/img/favicon.svg has too: `python -m tests.shell.icons`."""

from collections.abc import Iterator

from PIL import Image, ImageDraw

from app.edge.pages import STATIC

FOLDER = STATIC / "img" / "icons"
_OVER = 4  # drawn so many times larger, and made smaller: smooth edges
_GROUND, _WHITE, _CLEAR = "#007876", (255, 255, 255, 255), (0, 0, 0, 0)
_SIZES = (192, 512)


def icons() -> Iterator[tuple[str, Image.Image]]:
    """Each icon with the name of its file."""
    for size in _SIZES:
        yield f"any-{size}.png", _icon(size, _rounded(size), 1)
        yield f"maskable-{size}.png", _icon(size, None, 0.8)
        alone = Image.new("RGBA", (size, size), _WHITE)
        alone.putalpha(_letter(size, 1))
        yield f"monochrome-{size}.png", alone
    yield "apple-180.png", _icon(180, None, 0.9)


def _icon(size: int, ground: Image.Image | None, scale: float) -> Image.Image:
    """The white letter on its ground; without a mask for the ground, which fills all then, the icon has no holes."""
    icon = Image.new("RGBA", (size, size), _CLEAR)
    icon.paste(Image.new("RGBA", (size, size), _GROUND), mask=ground)
    icon.paste(Image.new("RGBA", (size, size), _WHITE), mask=_letter(size, scale))
    return icon if ground else icon.convert("RGB")


def _rounded(size: int) -> Image.Image:
    large = size * _OVER
    mask = Image.new("L", (large, large), 0)
    ImageDraw.Draw(mask).rounded_rectangle([0, 0, large - 1, large - 1], radius=large / 4, fill=255)
    return mask.resize((size, size), Image.Resampling.LANCZOS)


def _letter(size: int, scale: float) -> Image.Image:
    """The P of the mark, whose drawing is 32 wide and high, made smaller around its middle."""
    large = size * _OVER
    mask = Image.new("L", (large, large), 0)
    draw = ImageDraw.Draw(mask)

    def box(left: float, top: float, right: float, bottom: float) -> list[float]:
        return [(16 + (each - 16) * scale) * (large / 32) for each in (left, top, right, bottom)]

    def disc(radius: float, x: float, fill: int) -> None:
        draw.ellipse(box(x - radius, 13.3 - radius, x + radius, 13.3 + radius), fill=fill)

    draw.rectangle(box(10, 7, 17.2, 19.6), fill=255)
    disc(6.3, 17.2, 255)
    draw.rectangle(box(13.9, 10.5, 16.9, 16.1), fill=0)
    disc(2.8, 16.9, 0)
    draw.rectangle(box(10, 7, 13.9, 25), fill=255)
    return mask.resize((size, size), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    for name, icon in icons():
        icon.save(FOLDER / name, optimize=True)
