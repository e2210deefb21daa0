"""Contrast of every text colour on every surface, in both modes, as WCAG 2 computes it."""

import itertools
import math
import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[2] / "static" / "css" / "colors.css").read_text()
TOKEN = re.compile(
    r"--([\w-]+): light-dark\(oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\), oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)\)"
)

SURFACES = ("paper", "side", "hover", "accent-soft", "mention")
TEXTS = ("ink", "muted", "accent", "danger")
PAIRS = [*itertools.product(TEXTS, SURFACES), ("on-accent", "accent")]
MODES = ("light", "dark")


def luminance(lightness: float, chroma: float, hue: float) -> float:
    """WCAG's relative luminance of an OKLCH colour, by way of OKLab and linear sRGB (Ottosson 2020)."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    shown = [min(max(channel, 0), 1) for channel in (red, green, blue)]
    return 0.2126 * shown[0] + 0.7152 * shown[1] + 0.0722 * shown[2]


def tokens(mode: str) -> dict[str, float]:
    found = {}
    for name, *numbers in TOKEN.findall(CSS):
        lightness, chroma, hue = map(float, numbers[:3] if mode == "light" else numbers[3:])
        found[name] = luminance(lightness / 100, chroma, hue)
    return found


def contrast(mode: str, one: str, other: str) -> float:
    found = tokens(mode)
    darker, lighter = sorted((found[one], found[other]))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("text", "surface"), PAIRS)
def test_text_can_be_read(mode: str, text: str, surface: str) -> None:
    assert contrast(mode, text, surface) >= 4.5


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("surface", ["paper", "side"])
def test_edges_of_controls_can_be_seen(mode: str, surface: str) -> None:
    assert contrast(mode, "edge", surface) >= 3


def test_computation_is_right() -> None:
    assert luminance(1, 0, 0) == pytest.approx(1, abs=1e-4)
    assert luminance(0.627955, 0.257683, 29.2339) == pytest.approx(0.2126, abs=1e-3)
