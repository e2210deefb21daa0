"""What the app keeps of its numbers."""

from pathlib import Path

from aiohttp import web

from app.metrics.siblings import Siblings

SIBLINGS_FOLDER: web.AppKey[Path | None] = web.AppKey("siblings_folder")
SIBLINGS = web.AppKey("siblings", Siblings)
