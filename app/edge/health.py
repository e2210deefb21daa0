"""Is this process alive, and may it be given work? For routers and monitors; shows no secret."""

from aiohttp import web

from app.chat.keys import BUS, PULSE
from app.process.server import STOPPING
from app.pulse.pulse import Finding

routes = web.RouteTableDef()

LATE = "not connected; messages of other processes come late"


def setup(app: web.Application) -> None:
    """Add the two addresses that routers and monitors ask."""
    app.add_routes(routes)


@routes.get("/healthz")
async def alive(request: web.Request) -> web.Response:
    """The event loop turns; asks nobody else."""
    return web.json_response({"status": "ok"})


@routes.get("/readyz")
async def ready(request: web.Request) -> web.Response:
    """Whether this process can serve: 200 "ok", 200 "degraded" with what needs mending, or 503 "cannot".

    "cannot" only for what another process may do better. Else a router that asks this would make an outage of what
    only makes messages come late.
    """
    finding = await request.app[PULSE].look()
    bus, stopping = request.app[BUS], request.app.get(STOPPING)
    late = bus.trouble or (None if bus.is_open else LATE)
    remarks = {**finding.remarks, **({"bus": late} if late else {})}
    trouble = finding.trouble
    if stopping is not None and stopping.is_set():
        trouble = remarks["process"] = "stopping"
    word = Finding(trouble, remarks).word
    parts = {"database": finding.trouble or "ok", "durability": "ok", "migrations": "ok", "bus": "ok", "process": "ok"}
    return web.json_response({"status": word, **parts, **remarks}, status=503 if word == "cannot" else 200)
