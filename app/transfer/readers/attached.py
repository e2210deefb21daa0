"""What programs write beside a text, in the form that Slack gave it: Mattermost and Rocket.Chat took it over. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.transfer.readers import markup


def said(attachment: Mapping[str, Any]) -> str:
    """Its parts, one a line, in Markdown; what stands for them all where it has none."""
    return "\n".join(line for line in _lines(attachment) if line) or word(attachment.get("fallback"))


def _lines(attachment: Mapping[str, Any]) -> Iterator[str]:
    title = word(attachment.get("title"))
    yield word(attachment.get("pretext"))
    yield " ".join(filter(None, (word(attachment.get(name)) for name in ("author_name", "author_subname"))))
    yield markup.link(title, word(attachment.get("title_link"))) if title else ""
    yield word(attachment.get("text"))
    for row in objects(attachment.get("fields")):
        yield ": ".join(part for part in (word(row.get("title")), word(row.get("value"))) if part)
    for name in ("image_url", "video_url", "audio_url"):
        yield address if "://" in (address := word(attachment.get(name))) else ""
    yield word(attachment.get("footer"))


def word(found: Any) -> str:
    """A text, or a number as one; empty for all else."""
    if isinstance(found, int | float) and not isinstance(found, bool):
        return str(found)
    return found if isinstance(found, str) else ""


def objects(found: Any) -> list[dict[str, Any]]:
    """The objects of a list; none where there is no list."""
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
