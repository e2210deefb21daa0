"""What the app keeps for mail."""

from aiohttp import web

from app.mail.mailer import Mailer

MAILER = web.AppKey("mailer", Mailer)
