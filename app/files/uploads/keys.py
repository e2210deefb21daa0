"""What the app keeps of the uploads."""

from aiohttp import web

from app.files.uploads.bringing import Bringing
from app.files.uploads.service import Uploads

UPLOADS = web.AppKey("uploads", Uploads)
BRINGING = web.AppKey("bringing", Bringing)
