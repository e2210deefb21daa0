"""What the app keeps for the recovery of accounts."""

from aiohttp import web

from app.recovery.devices import Devices
from app.recovery.mailing import Mailing
from app.recovery.service import Recovery

RECOVERY = web.AppKey("recovery", Recovery)
MAILING = web.AppKey("mailing", Mailing)
DEVICES = web.AppKey("devices", Devices)
