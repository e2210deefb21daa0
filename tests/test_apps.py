"""The app as tests make it: hundreds in one process, so none may stay."""

import gc
import weakref
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine

from tests.conftest import make_config
from tests.support.apps import make_app
from tests.support.browsing import opening


async def served(app: web.Application, path: str) -> int:
    async with TestServer(app) as server, opening() as open_browser:
        return (await open_browser(server).ask("GET", path)).status


async def test_an_app_that_has_answered_is_let_go_when_it_ends(database: Engine) -> None:
    app: Any = make_app(make_config(database))
    is_there = weakref.ref(app)
    assert await served(app, "/login") == 200

    app = None
    gc.collect()

    assert is_there() is None
