"""Rooms as JSON; see docs/PROTOCOL.md."""

from typing import Any

import aiohttp_jinja2
from aiohttp import web

from app.auth import chat_settings_of, csrf_token, user_of
from app.chat.wire.events import encode
from app.rooms.commands import MAX_DAYS, Added, NewRoom, People, UpdateRoom
from app.rooms.keys import DIRECTORY, DIRECTS, ROOMS
from app.rooms.refusals import BadRetention
from app.web.asked import ID, body, id_in, number, place, words
from app.web.redirects import see_other

routes = web.RouteTableDef()
_ROOM = rf"/api/rooms/{{room:{ID}}}"


@routes.get("/api/rooms")
async def joinable(request: web.Request) -> web.Response:
    """The rooms that one may join; with `?q=`, those with it in their name or topic."""
    found = await request.app[DIRECTORY].joinable(user_of(request), words(request, "q"))
    return _json({"rooms": found})


@routes.post("/api/rooms")
async def make(request: web.Request) -> web.Response:
    """Make a room."""
    user, command = user_of(request), await body(request, NewRoom)
    return _json({"room": await request.app[ROOMS].make(user, command)}, status=201)


@routes.patch(_ROOM)
async def update(request: web.Request) -> web.Response:
    """Rename a room, set its topic, archive it or bring it back."""
    user, command = user_of(request), await body(request, UpdateRoom)
    return _json({"room": await request.app[ROOMS].update(user, id_in(request, "room"), command)})


@routes.get(f"{_ROOM}/older")
async def older(request: web.Request) -> web.Response:
    """How many messages are older than `?days=`."""
    days = number(request, "days", MAX_DAYS)
    if days is None:
        raise BadRetention
    return _json({"messages": await request.app[DIRECTORY].count_older(user_of(request), id_in(request, "room"), days)})


@routes.get(_ROOM)
async def offered(request: web.Request) -> web.Response:
    """An open room that one may join."""
    return _json({"room": await request.app[DIRECTORY].offered(user_of(request), id_in(request, "room"))})


@routes.post(f"{_ROOM}/join")
async def join(request: web.Request) -> web.Response:
    """Join an open room."""
    return _json({"room": await request.app[ROOMS].join(user_of(request), id_in(request, "room"))})


async def offer(request: web.Request, room_id: int) -> web.Response:
    """An open room, shown to who is no member of it: they are asked whether to join.

    Raises:
        NotAMember: there is none that they could join.
    """
    context = {
        "room": await request.app[DIRECTORY].offered(user_of(request), room_id),
        "brand": (await chat_settings_of(request)).name,
        "csrf_token": await csrf_token(request),
        "refusal": None,
        "next": "",
    }
    return aiohttp_jinja2.render_template("rooms/join.html", request, context, status=403)


@routes.post(rf"/rooms/{{room:{ID}}}")
@routes.post(rf"/rooms/{{room:{ID}}}/{{seq:{ID}}}")
async def come_in(request: web.Request) -> web.Response:
    """Join, from the page that `offer` shows, and see what was linked."""
    await request.app[ROOMS].join(user_of(request), id_in(request, "room"))
    return see_other(request.path)


@routes.post(f"{_ROOM}/leave")
async def leave(request: web.Request) -> web.Response:
    """Leave a room."""
    await request.app[ROOMS].leave(user_of(request), id_in(request, "room"))
    return _json({})


@routes.get(f"{_ROOM}/members")
async def members(request: web.Request) -> web.Response:
    """Who is in a room."""
    return _json({"people": await request.app[DIRECTORY].members(user_of(request), id_in(request, "room"))})


@routes.post(f"{_ROOM}/members")
async def add(request: web.Request) -> web.Response:
    """Add people to a room."""
    user, command = user_of(request), await body(request, Added)
    return _json({"people": await request.app[ROOMS].add(user, id_in(request, "room"), command.logins, command.since)})


@routes.delete(rf"{_ROOM}/members/{{user:{ID}}}")
async def remove(request: web.Request) -> web.Response:
    """Remove somebody from a room."""
    await request.app[ROOMS].remove(user_of(request), id_in(request, "room"), id_in(request, "user"))
    return _json({})


@routes.post("/api/directs")
async def direct(request: web.Request) -> web.Response:
    """Open the conversation with these people."""
    user, command = user_of(request), await body(request, People)
    return _json({"room": await request.app[DIRECTS].open(user, command.logins)})


@routes.post("/people/{login}/message")
async def write_to(request: web.Request) -> web.Response:
    """Go to the conversation with somebody, from their profile."""
    room = await request.app[DIRECTS].open(user_of(request), [place(request, "login")])
    return see_other(f"/rooms/{room.id}")


@routes.get("/api/people")
async def people(request: web.Request) -> web.Response:
    """Other people, with the letters of `?q=` in their login or name."""
    return _json({"people": await request.app[DIRECTORY].people(user_of(request), words(request, "q"))})


def _json(answer: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(body=encode(answer), status=status, content_type="application/json", charset="utf-8")
