"""All checks, one after the other, each shown as it is done."""

import asyncio
from collections.abc import AsyncIterator

from app.base.config import Config
from app.doctor import address as addresses
from app.doctor import bus, database, machine
from app.doctor.finding import Finding


async def examine(config: Config, url: str, *, is_own: bool, address: str | None) -> AsyncIterator[Finding]:
    """What is so of the chat in the database at `url`, whose `address` is tried where it is given."""
    processes = config.web_concurrency
    seen = await asyncio.to_thread(lambda: [*database.findings(config, url, processes, is_own=is_own)])
    for finding in seen:
        yield finding
    if config.redis_url is not None:
        yield await bus.over_redis(config.redis_url.get_secret_value())
    elif seen[0].word == "ok":
        direct = config.database_direct_url
        listening = direct.get_secret_value() if direct is not None else url
        yield await asyncio.to_thread(bus.over_postgres, listening, url)
    for finding in machine.findings(config, is_own=is_own):
        yield finding
    if address is not None:
        async for finding in addresses.findings(config, address):
            yield finding
