"""The other end of what the doctor dials; and the page on which administrators read what it finds."""

import asyncio

from aiohttp import WSCloseCode, web

from app.base.config import CONFIG
from app.base.errors import NotFound
from app.base.waiting import is_set_within
from app.db.embedded import embedded
from app.doctor.address import PATH, SILENT_S, is_token
from app.doctor.examining import examine
from app.people.pages import admin_of, page
from app.process.server import STOPPING
from app.web.asked import typed
from app.web.proxy import client_address, is_own_origin, own_origin

routes = web.RouteTableDef()
_NEVER, _ORDER = asyncio.Event(), ("mend", "look", "ok")


@routes.get(PATH)
async def dialled(request: web.Request) -> web.WebSocketResponse:
    """Say on a socket how it came here, then nothing for a while, then that it is still open.

    Raises:
        NotFound: it is not the doctor who asks.
    """
    if not is_token(request.config_dict[CONFIG], typed(request, "token")):
        raise NotFound("There is no such page.")
    ws = web.WebSocketResponse(max_msg_size=1024, compress=False)
    await ws.prepare(request)
    address = client_address(request)
    await ws.send_json({"origin": own_origin(request), "is_own": is_own_origin(request), "address": address})
    if not await is_set_within(request.app.get(STOPPING) or _NEVER, SILENT_S):
        await ws.send_str("still here")
    await ws.close(code=WSCloseCode.OK)
    return ws


@routes.get("/settings/server")
async def server(request: web.Request) -> web.Response:
    """What the doctor finds of the database, the bus and this machine, for administrators."""
    admin_of(request)
    config = request.config_dict[CONFIG]
    assert config.database_url is not None  # noqa: S101 (a process that serves has one)
    url = config.database_url.get_secret_value()
    is_own = url == await asyncio.to_thread(embedded.address, config.parley_data)
    findings = [finding async for finding in examine(config, url, is_own=is_own, address=None)]
    findings.sort(key=lambda finding: _ORDER.index(finding.word))
    return await page(request, "doctor/server.html", findings=findings)
