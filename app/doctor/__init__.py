"""What is wrong with a chat, and how to mend it: on the command line, and on a page for administrators."""

from aiohttp import web

from app.doctor import views


def setup(app: web.Application) -> None:
    """Add the page, and what the command dials; people must be set up before."""
    app.add_routes(views.routes)
