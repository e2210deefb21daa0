"""The looks of a saved room: the page's own, in one text that stands inside of the file."""

import base64
import hashlib

from app.edge.pages import STATIC, sheet_of

PARTS = ("reset", "colors", "base", "avatar", "timeline/markup", "timeline/sign", "saved/saved")


def style() -> str:
    """The sheet."""
    return sheet_of((STATIC / "css" / f"{part}.css").read_bytes() for part in PARTS).decode()


def policy_of(style: str) -> str:
    """What the file may load: its own pictures and this sheet. No script runs, and nothing is asked of any address."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
