"""Puts the parts together; the only file that imports all of them."""

from aiohttp import web

from app import auth, chat, files, people, previews, rooms, search
from app.base.config import CONFIG, Config
from app.db.driver.engine import engine_context
from app.edge import health, middleware, pages

# Of a request: 4,000 signs that are searched for have up to 12 bytes each in an address.
MAX_LINE_BYTES = 52 * 1024


def make_app(config: Config) -> web.Application:
    """The whole application; opens nothing until it is started."""
    handling = {"handler_cancellation": False, "max_line_size": MAX_LINE_BYTES}
    app = web.Application(client_max_size=8 * 1024, handler_args=handling)
    app[CONFIG] = config
    app.cleanup_ctx.append(engine_context(config))
    pages.setup(app)
    middleware.setup(app)
    auth.setup(app)
    chat.setup(app)
    people.setup(app)
    rooms.setup(app)
    search.setup(app)
    files.setup(app)
    previews.setup(app)
    health.setup(app)
    return app
