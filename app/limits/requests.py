"""Each request is counted, then waits for its turn; who asks too much is refused, and nobody else waits for that."""

from aiohttp import web
from aiohttp.typedefs import Handler

from app.auth.keys import USER
from app.auth.sessions import User
from app.auth.throttle import network_of
from app.base.errors import RateLimited, Unavailable
from app.limits.gate import Gate
from app.limits.keys import GATES, HOLDING, LIMITS
from app.limits.kinds import Kind, kind_of
from app.web.forms import FILE_FORM_TYPE
from app.web.proxy import client_address

WAITING = 200  # of one person: a page that was built of many, and all its tabs
FILES_SHARE = 32  # of one person at once; many of them are on their way for long
SAVED_AT_ONCE = 4  # whole rooms, each on its way for as long as somebody takes to receive it
MANY = 1_000_000
_REFUSED = (429, 503)


def gates(pool: int, times: float) -> dict[str, Gate]:
    """A queue for each thing that could hold all `pool` connections of this process.

    Changes wait for one another, so they have one of their own, and so have strangers, so that they never stand before
    who is signed in. Searches and the pieces of files wait for each other elsewhere: here they are bounded for each
    person alone.
    """
    waiting = round(WAITING * max(1, times))
    reading, changing, searching = max(1, pool * 3 // 5), max(1, pool * 2 // 5), max(1, pool // 2)
    return {
        "reading": Gate(reading, max(1, reading // 2), waiting),
        "changing": Gate(changing, max(1, changing // 2), waiting),
        "strangers": Gate(strangers := max(1, pool * 2 // 5), strangers, waiting),
        "searching": Gate(MANY, max(1, searching // 2), waiting),
        "saving": Gate(SAVED_AT_ONCE, 1, 1),
        "files": Gate(MANY, FILES_SHARE, waiting),
    }


@web.middleware
async def in_turn(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a request when its turn comes; a refusal, whoever makes it, comes late where it is one of many.

    Raises:
        RateLimited, Unavailable: it was not begun.
    """
    kind = kind_of(request)
    if kind is None:
        return await handler(request)
    user = request[USER]
    network = network_of(client_address(request)) if user is None else ""
    key = f"user:{user.id}" if user is not None else network
    try:
        request.config_dict[LIMITS].count_request(kind, user.id if user is not None else None, network)
        response = await _answer(request, handler, _queue(kind, user), key)
    except (RateLimited, Unavailable):
        await request.config_dict[HOLDING].hold(key)
        raise
    if response.status in _REFUSED:
        await request.config_dict[HOLDING].hold(key)
    return response


def _queue(kind: Kind, user: User | None) -> str | None:
    return "strangers" if user is None and kind.queue in ("reading", "changing", "searching") else kind.queue


async def _answer(request: web.Request, handler: Handler, queue: str | None, key: str) -> web.StreamResponse:
    if queue is None:
        return await handler(request)
    if queue != "files" and request.body_exists and request.content_type != FILE_FORM_TYPE:
        await request.read()  # who is slow to send it holds no place
    async with request.config_dict[GATES][queue].turn(key):
        return await handler(request)
