"""What names a chat's database among all: its own history, its place in its server, and which server that is.

A standby that takes over has the same identity, so nothing changes in a failover. What is restored elsewhere has
another one, even where nobody rotated its epoch, and so has a copy to try things out: it never gets what belongs to the
original. A backup that takes the place of the original has another one, too, once its epoch is rotated, as DEPLOY.md
asks. A column alone would be copied with all the rest.
"""

import hashlib
import logging
from typing import Any

from sqlalchemy import Select, column, func, select, table
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.driver.engine import autocommit
from app.db.schema import instance

log = logging.getLogger(__name__)

_pg_database = table("pg_database", column("oid"), column("datname"))
_OID = select(_pg_database.c.oid).where(_pg_database.c.datname == func.current_database()).scalar_subquery()
_SERVER: Select[Any] = select(column("system_identifier")).select_from(func.pg_control_system())


async def identity_of(engine: AsyncEngine) -> str:
    """16 hexadecimal digits."""
    async with autocommit(engine).connect() as conn:
        parts = [*(await conn.execute(select(instance.c.epoch, _OID))).one()]
        try:
            parts.append((await conn.execute(_SERVER)).scalar_one())
        except ProgrammingError:  # whoever hosts the server may keep this for themselves
            log.debug("the server does not say which one it is")
    return hashlib.sha256(" ".join(map(str, parts)).encode()).hexdigest()[:16]
