"""Puts the parts together; the only file that imports all of them."""

from aiohttp import web

from app import auth, chat, people, rooms, search
from app.base.config import CONFIG, Config
from app.db.driver.engine import engine_context
from app.edge import health, middleware, pages


def make_app(config: Config) -> web.Application:
    """The whole application; opens nothing until it is started."""
    app = web.Application(client_max_size=8 * 1024, handler_args={"handler_cancellation": False})
    app[CONFIG] = config
    app.cleanup_ctx.append(engine_context(config))
    pages.setup(app)
    middleware.setup(app)
    auth.setup(app)
    chat.setup(app)
    people.setup(app)
    rooms.setup(app)
    search.setup(app)
    health.setup(app)
    return app
