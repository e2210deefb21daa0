"""Puts the parts together; the only file that imports all of them."""

from pathlib import Path

from aiohttp import web

from app import (
    auth,
    bringing,
    chat,
    doctor,
    factors,
    files,
    leaving,
    limits,
    mail,
    metrics,
    moderation,
    notices,
    people,
    previews,
    providers,
    recovery,
    rooms,
    saving,
    search,
    shell,
    sweeps,
)
from app.base.config import CONFIG, Config
from app.db.driver.engine import engine_context
from app.edge import health, middleware, pages

# Of a request: 4,000 signs that are searched for have up to 12 bytes each in an address.
MAX_LINE_BYTES = 52 * 1024


def make_app(config: Config, siblings: Path | None = None) -> web.Application:
    """The whole application; opens nothing until it is started. `siblings`: a folder that it shares with others."""
    handling = {"handler_cancellation": False, "max_line_size": MAX_LINE_BYTES, "auto_decompress": False}
    app = web.Application(client_max_size=8 * 1024, handler_args=handling)
    app[CONFIG] = config
    app.cleanup_ctx.append(engine_context(config))
    pages.setup(app)
    middleware.setup(app)
    auth.setup(app)
    limits.setup(app)
    middleware.guard(app)
    chat.setup(app)
    people.setup(app)
    moderation.setup(app)
    mail.setup(app)
    recovery.setup(app)
    factors.setup(app)
    providers.setup(app)
    rooms.setup(app)
    search.setup(app)
    files.setup(app)
    previews.setup(app)
    saving.setup(app)
    bringing.setup(app)
    notices.setup(app)
    shell.setup(app)
    doctor.setup(app)
    sweeps.setup(app)
    leaving.setup(app)
    health.setup(app)
    metrics.setup(app, siblings)
    return app
