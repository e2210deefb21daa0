"""What the app keeps for notices."""

from aiohttp import web

from app.notices.service import Notices
from app.notices.vapid import Vapid

NOTICES = web.AppKey("notices", Notices)
VAPID = web.AppKey("vapid", Vapid)
