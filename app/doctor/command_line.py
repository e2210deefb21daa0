"""`python -m app doctor`: a line a finding, and below it what to do."""

import asyncio
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, ProgrammingError

from app.base.config import Config
from app.base.errors import BadConfig
from app.db.schema import instance
from app.doctor import database
from app.doctor.examining import examine
from app.doctor.finding import Finding

SIGNS = {"ok": "ok  ", "look": "look", "mend": "MEND"}


def run(config: Config, url: str, show: Callable[[str], None], *, is_own: bool, with_address: bool) -> int:
    """Examine, and show each finding; returns how many are to be mended."""

    async def all_of_it() -> int:
        count = 0
        address = _address(config, url) if with_address else None
        async for finding in examine(config, url, is_own=is_own, address=address):
            show(as_line(finding))
            count += finding.word == "mend"
        return count

    return asyncio.run(all_of_it())


def as_line(finding: Finding) -> str:
    """A finding for a terminal."""
    line = f"{SIGNS[finding.word]}  {finding.what}: {' '.join(finding.found.split())}"
    return f"{line}\n      → {finding.mend}" if finding.mend else line


def _address(config: Config, url: str) -> str:
    """What people type: the setting, else what the chat keeps, else this machine's."""
    try:
        with database.connected(url) as connection:
            kept: str | None = connection.scalar(select(instance.c.address))
    except (BadConfig, DBAPIError, ProgrammingError):
        kept = None
    return config.public_url or kept or config.address
