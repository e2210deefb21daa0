"""The whole app as tests make it, hundreds of times: with cheap password hashes, and its pages made ready once."""

import functools

import aiohttp_jinja2
from aiohttp import web
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from app import main
from app.auth import BCRYPT_COST
from app.base.config import Config
from app.edge import pages

pages.load = functools.cache(pages.load)  # compresses every static file


class Templates(BytecodeCache):
    """Keeps what Jinja has compiled, by the template's name and text."""

    def __init__(self) -> None:
        self._compiled: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if compiled := self._compiled.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(compiled)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


TEMPLATES = Templates()


def make_app(config: Config) -> web.Application:
    app = main.make_app(config)
    app[BCRYPT_COST] = 4
    app[aiohttp_jinja2.APP_KEY].bytecode_cache = TEMPLATES
    return app
