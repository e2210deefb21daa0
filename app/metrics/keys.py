"""What the app keeps of its numbers."""

from pathlib import Path

from aiohttp import web

from app.metrics.sampling import Sampling
from app.metrics.siblings import Siblings

SAMPLING = web.AppKey("sampling", Sampling)
SIBLINGS_FOLDER: web.AppKey[Path | None] = web.AppKey("siblings_folder")
SIBLINGS = web.AppKey("siblings", Siblings)
