"""Numbers over a day as the paths of an SVG, and as words. The page has the frame, the colours and the text around."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.metrics.day import Day, Span

WIDTH, HEIGHT, MARGIN = 600.0, 100.0, 4.0
Value = float | None  # where nothing is known the line has a gap


@dataclass(frozen=True)
class Line:
    """`path` is the `d` of a path; `name` says what it is, where a drawing has several."""

    name: str
    path: str


@dataclass(frozen=True)
class Drawing:
    """One picture: what it shows, its lines, and its largest value in words."""

    key: str
    title: str
    lines: Sequence[Line]
    most: str


def drawings(day: Day) -> list[Drawing]:
    """All pictures of a day."""
    commits = {
        "half of all within": _each(day, lambda span: span.commit_s(0.5)),
        "99 of 100 within": _each(day, lambda span: span.commit_s(0.99)),
    }
    return [
        _drawing("posts", "Posts a minute", {"": _each(day, lambda span: span.posts_a_minute)}, plain),
        _drawing("sockets", "Open sockets", {"": _each(day, lambda span: span.sockets)}, plain),
        _drawing("commits", "Until a post is committed", commits, milliseconds),
        _drawing("lag", "The event loop was late by", {"": _each(day, lambda span: span.loop_lag_s)}, milliseconds),
        _drawing("refusals", "Refusals and errors in ten minutes", {"": _each(day, troubles)}, plain),
    ]


def troubles(span: Span) -> float:
    """How many refusals, warnings and errors there were."""
    return span.of("refusals") + span.of("faults")


def plain(value: float) -> str:
    """A number for people: whole, but for small ones."""
    return f"{value:,.1f}".removesuffix(".0") if value < 10 else f"{value:,.0f}"


def milliseconds(seconds: float) -> str:
    """A time for people."""
    return f"{plain(seconds * 1000)} ms" if seconds < 1 else f"{seconds:,.1f} s"


def _each(day: Day, value: Callable[[Span], Value]) -> list[Value]:
    return [value(span) if span.minutes else None for span in day.spans]


def _drawing(key: str, title: str, values: dict[str, list[Value]], words: Callable[[float], str]) -> Drawing:
    most = max((value for line in values.values() for value in line if value is not None), default=0.0)
    lines = [Line(name, path(line, most)) for name, line in values.items()]
    return Drawing(key, title, lines, words(most))


def path(values: Sequence[Value], most: float) -> str:
    """A line through the values, the oldest at the left, `most` at the top; broken where one is not known."""
    step, scale = WIDTH / max(1, len(values)), (HEIGHT - 2 * MARGIN) / (most or 1)
    pieces, is_drawing = list[str](), False
    for place, (value, after) in enumerate(zip(values, (*values[1:], None), strict=True)):
        if value is not None:
            x, y = (place + 0.5) * step, HEIGHT - MARGIN - value * scale
            is_alone = not is_drawing and after is None  # a line of no length is drawn by its round ends
            pieces.append(f"{'L' if is_drawing else 'M'}{x:.1f} {y:.1f}{'h0' if is_alone else ''}")
        is_drawing = value is not None
    return "".join(pieces)
