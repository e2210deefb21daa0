"""make_app(config): the only file that knows every part."""

from aiohttp import web

from app import auth, chat, health, middleware, pages, people, rooms
from app.config import CONFIG, Config
from app.db.engine import engine_context


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
    health.setup(app)
    return app
