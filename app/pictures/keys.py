"""The part that makes pictures: previews and avatars need it, too."""

from aiohttp import web

from app.pictures.pictures import Pictures

PICTURES: web.AppKey[Pictures] = web.AppKey("pictures", Pictures)
