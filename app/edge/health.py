"""Is this process alive, and may it be given work? For routers and monitors; shows no secret."""

import asyncio

from aiohttp import web
from sqlalchemy import column, func, select, table
from sqlalchemy.exc import ProgrammingError

from app.chat.keys import BUS
from app.db import migrate
from app.db.driver.engine import ANSWER_S, DATABASE_GONE, ENGINE, autocommit
from app.process.server import STOPPING

routes = web.RouteTableDef()
_alembic_version = table("alembic_version", column("version_num"))

# With either of these off, PostgreSQL may acknowledge what a crash then loses, and so would we.
_DURABILITY = ("fsync", "synchronous_commit", "full_page_writes")
_READ_ONLY = "transaction_read_only"  # on a standby, too


def setup(app: web.Application) -> None:
    """Add the two addresses that routers and monitors ask."""
    app.add_routes(routes)


@routes.get("/healthz")
async def alive(request: web.Request) -> web.Response:
    """The event loop turns; asks nobody else."""
    return web.json_response({"status": "ok"})


@routes.get("/readyz")
async def ready(request: web.Request) -> web.Response:
    """200 when this process can keep its word: database, durability, migrations, bus; else 503 and what is wrong."""
    checks = await _database(request.app)
    bus = request.app[BUS]
    late = "not connected; messages of other processes come late"
    checks["bus"] = "ok" if bus.is_open else bus.trouble or late
    stopping = request.app.get(STOPPING)
    checks["process"] = "stopping" if stopping is not None and stopping.is_set() else "ok"
    is_ready = all(state == "ok" for state in checks.values())
    return web.json_response({"status": "ok" if is_ready else "not ready", **checks}, status=200 if is_ready else 503)


async def _database(app: web.Application) -> dict[str, str]:
    settings = [func.current_setting(name).label(name) for name in (*_DURABILITY, _READ_ONLY)]
    try:
        async with asyncio.timeout(ANSWER_S), autocommit(app[ENGINE]).connect() as conn:
            row = (await conn.execute(select(_alembic_version.c.version_num, *settings))).one_or_none()
    except DATABASE_GONE:
        return {"database": "out of reach"}
    except ProgrammingError:  # there is no such table
        return {"database": "ok", "migrations": f"at none, this code needs {migrate.head()}"}
    revision = row.version_num if row is not None else "none"
    read_only = row is not None and row._mapping[_READ_ONLY] == "on"
    weak = [name for name in _DURABILITY if row is not None and row._mapping[name] == "off"]
    return {
        "database": "ok",
        "writable": "ok" if not read_only else "read-only: a standby, or default_transaction_read_only is on",
        "durability": "ok" if not weak else f"{', '.join(weak)} must not be off",
        "migrations": "ok" if revision == migrate.head() else f"at {revision}, this code needs {migrate.head()}",
    }
