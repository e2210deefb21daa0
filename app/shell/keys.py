"""The part of the shell that the app keeps."""

from aiohttp import web

from app.shell.worker import Worker

WORKER = web.AppKey("worker", Worker)
