"""The whole app as tests make it, hundreds of times: cheap password hashes, and what is costly made ready once."""

import functools
from types import CodeType
from typing import Any

import aiohttp_jinja2
from aiohttp import web
from aiohttp.web_app import _cached_build_middleware
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.util import LRUCache

from app import main
from app.auth import BCRYPT_COST
from app.base.config import Config
from app.db.driver.dialect import PGDialect_aiopg
from app.edge import pages

pages.load = functools.cache(pages.load)  # joins every script


class Templates(BytecodeCache):
    """Keeps what Jinja has compiled, by the template's name and text."""

    def __init__(self) -> None:
        self._compiled: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._compiled.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key, bucket.checksum] = bucket.code


class SharedDialect(PGDialect_aiopg):
    """Compiles each statement once: engines of one test would compile anew what those of another have compiled.

    That is two fifths of the Python of such tests. A dialect is part of the key by which it is kept, so all that speak
    to servers of one version are equal: they compile the same.
    """

    supports_statement_cache = True
    _compiled: LRUCache[Any, Any] = LRUCache(5_000)

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        engine.update_execution_options(compiled_cache=cls._compiled)

    @property
    def _version(self) -> tuple[Any, ...] | None:
        return getattr(self, "server_version_info", None)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SharedDialect) and other._version == self._version

    def __hash__(self) -> int:
        return hash(self._version)


TEMPLATES = Templates()
registry.register("postgresql.aiopg", __name__, "SharedDialect")  # in place of that which app.main has registered


def make_app(config: Config) -> web.Application:
    app = main.make_app(config)
    app[BCRYPT_COST] = 4
    app[aiohttp_jinja2.APP_KEY].bytecode_cache = TEMPLATES
    app.on_cleanup.append(_forget_handlers)
    return app


async def _forget_handlers(_: web.Application) -> None:
    """Let the app go: aiohttp keeps a thousand handlers, each with its app, and more than a hundred apps would stay.

    A million objects, which the garbage collector looked through again and again.
    """
    _cached_build_middleware.cache_clear()
