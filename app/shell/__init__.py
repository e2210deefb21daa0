"""The shell: what makes a page an app on a device: its manifest and icons, its service worker, what is shared to it."""

from aiohttp import web

from app.shell import views
from app.shell.keys import WORKER
from app.shell.worker import Worker


def setup(app: web.Application) -> None:
    """Add the shell to the app, whose pages are set up already."""
    app[WORKER] = Worker(app)
    app.add_routes(views.routes)
