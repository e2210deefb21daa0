"""The least that one can do, to compare with: an aiohttp handler that writes what it gets to a file, and sends it.

    python -m bench.files.bare PORT FOLDER

Nobody is asked who they are, nothing is kept for sure, and what was cut off is lost.
"""

import sys
from pathlib import Path

from aiohttp import web

FOLDER = web.AppKey("folder", Path)
PIECE_BYTES = 256 * 1024


async def put(request: web.Request) -> web.Response:
    with (request.app[FOLDER] / request.match_info["name"]).open("wb") as file:
        async for data in request.content.iter_any():
            file.write(data)
    return web.Response(status=204)


async def get(request: web.Request) -> web.StreamResponse:
    path = request.app[FOLDER] / request.match_info["name"]
    response = web.StreamResponse()
    response.content_length = path.stat().st_size
    await response.prepare(request)
    with path.open("rb") as file:
        while data := file.read(PIECE_BYTES):
            await response.write(data)
    return response


async def sent_by_kernel(request: web.Request) -> web.FileResponse:
    return web.FileResponse(request.app[FOLDER] / request.match_info["name"])


def make_app(folder: Path) -> web.Application:
    app = web.Application()
    app[FOLDER] = folder
    app.add_routes([web.put("/{name}", put), web.get("/{name}", get), web.get("/kernel/{name}", sent_by_kernel)])
    return app


if __name__ == "__main__":
    web.run_app(make_app(Path(sys.argv[2])), host="127.0.0.1", port=int(sys.argv[1]), access_log=None)
