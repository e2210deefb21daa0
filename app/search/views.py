"""Searching as JSON, and as a page that needs no scripts; see docs/PROTOCOL.md."""

import time
from typing import Any

import aiohttp_jinja2
from aiohttp import web

from app.auth import chat_settings_of, csrf_token, user_of
from app.base.errors import AppError
from app.chat.keys import HISTORY
from app.chat.wire.events import encode
from app.search import pages
from app.search.asking import cursor
from app.search.asking.dates import zone_of
from app.search.keys import SEARCH
from app.search.service import PAGE_DEFAULT, PAGE_MAX, Asking
from app.search.wire import as_wire
from app.web.asked import number, typed
from app.web.forms import with_status

routes = web.RouteTableDef()


@routes.get("/api/search")
async def search(request: web.Request) -> web.Response:
    """A page of the messages that answer `?q=`."""
    begun = time.monotonic()
    answered = await request.app[SEARCH].page(user_of(request).id, _asking(request))
    body = encode(as_wire(answered, time.monotonic() - begun))
    response = web.Response(body=body, content_type="application/json", charset="utf-8")
    response.enable_compression()
    return response


@routes.get(pages.PATH)
async def search_page(request: web.Request) -> web.Response:
    """The same as a page, with a form."""
    user, zone = user_of(request), zone_of(typed(request, "zone"))
    context = pages.unanswered(typed(request, "q"), typed(request, "room"), zone)
    refusal: AppError | None = None
    try:
        asking = _asking(request)
        if asking.text.strip():
            context |= await _answered(request, user.id, asking)
    except AppError as error:
        refusal = error
        context["refusal"] = error.message
    context |= {
        "progress": await request.app[SEARCH].progress() if user.role == "admin" else None,
        "user": user,
        "brand": (await chat_settings_of(request)).name,
        "csrf_token": await csrf_token(request),
    }
    response = aiohttp_jinja2.render_template("search/search.html", request, context)
    return response if refusal is None else with_status(response, refusal)


async def _answered(request: web.Request, user_id: int, asking: Asking) -> dict[str, Any]:
    answer = await request.app[SEARCH].page(user_id, asking)
    has_titles = answer.page.hits or asking.room
    rooms = await request.app[HISTORY].rooms(user_id) if has_titles else []
    return pages.answered(asking, answer, pages.titles_of(rooms, user_id))


def _asking(request: web.Request) -> Asking:
    """What the query of a request asks.

    Raises:
        BadCommand, BadQuestion
    """
    before = typed(request, "before")
    return Asking(
        text=typed(request, "q"),
        room=number(request, "room"),
        below=cursor.read(before) if before else None,
        most=number(request, "limit", PAGE_MAX) or PAGE_DEFAULT,
        is_typing=typed(request, "typing") == "1",
        zone=zone_of(typed(request, "zone")),
    )
