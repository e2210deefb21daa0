"""The web app manifest, by which browsers install this chat: https://www.w3.org/TR/appmanifest."""

from collections.abc import Callable
from typing import Any

# Of the mark: as it is, with a margin for devices that cut icons to a shape of theirs, and as a shape alone.
_PURPOSES = ("any", "maskable", "monochrome")
_SIZES = (192, 512)
_ACCENT, _PAPER = "#007876", "#fdfcfa"  # as in static/css/colors.css
_SHARED_TYPES = ["image/*", "video/*", "audio/*", "application/*", "text/*"]


def manifest(name: str, static: Callable[[str], str]) -> dict[str, Any]:
    """What is installed for a chat of this name; `static` makes addresses of static files."""
    return {
        "id": "/",
        "name": name,
        "short_name": name,
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": _PAPER,
        "theme_color": _ACCENT,
        "icons": [
            {
                "src": static(f"img/icons/{purpose}-{size}.png"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for purpose in _PURPOSES
            for size in _SIZES
        ],
        "shortcuts": [{"name": "Search", "url": "/search"}, {"name": "People", "url": "/people"}],
        # The service worker takes it: no form of another app has our token, so none may reach the server.
        "share_target": {
            "action": "/share",
            "method": "POST",
            "enctype": "multipart/form-data",
            "params": {
                "title": "title",
                "text": "text",
                "url": "url",
                "files": [{"name": "files", "accept": _SHARED_TYPES}],
            },
        },
    }
