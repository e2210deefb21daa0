"""Rooms as JSON; see docs/PROTOCOL.md."""

from typing import Any

import aiohttp_jinja2
from aiohttp import web

from app.auth import chat_settings_of, csrf_token, user_of
from app.chat.wire.events import encode
from app.rooms.commands import Added, NewRoom, People, UpdateRoom
from app.rooms.directory import DIRECTORY
from app.rooms.service import ROOMS
from app.web.asked import body, place, words
from app.web.redirects import see_other


async def joinable(request: web.Request) -> web.Response:
    """`GET /api/rooms?q=`"""
    found = await request.app[DIRECTORY].joinable(user_of(request), words(request, "q"))
    return _json({"rooms": found})


async def make(request: web.Request) -> web.Response:
    """`POST /api/rooms`"""
    user, command = user_of(request), await body(request, NewRoom)
    return _json({"room": await request.app[ROOMS].make(user, command)}, status=201)


async def update(request: web.Request) -> web.Response:
    """`PATCH /api/rooms/{room}`"""
    user, command = user_of(request), await body(request, UpdateRoom)
    return _json({"room": await request.app[ROOMS].update(user, _number(request, "room"), command)})


async def join(request: web.Request) -> web.Response:
    """`POST /api/rooms/{room}/join`"""
    return _json({"room": await request.app[ROOMS].join(user_of(request), _number(request, "room"))})


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


async def come_in(request: web.Request) -> web.Response:
    """`POST /rooms/{id}`, `/rooms/{id}/{seq}`, from the page that `offer` shows: join, and see what was linked."""
    await request.app[ROOMS].join(user_of(request), _number(request, "room"))
    return see_other(request.path)


async def leave(request: web.Request) -> web.Response:
    """`POST /api/rooms/{room}/leave`"""
    await request.app[ROOMS].leave(user_of(request), _number(request, "room"))
    return _json({})


async def members(request: web.Request) -> web.Response:
    """`GET /api/rooms/{room}/members`"""
    return _json({"people": await request.app[DIRECTORY].members(user_of(request), _number(request, "room"))})


async def add(request: web.Request) -> web.Response:
    """`POST /api/rooms/{room}/members`"""
    user, command = user_of(request), await body(request, Added)
    return _json(
        {"people": await request.app[ROOMS].add(user, _number(request, "room"), command.logins, command.since)}
    )


async def remove(request: web.Request) -> web.Response:
    """`DELETE /api/rooms/{room}/members/{user}`"""
    await request.app[ROOMS].remove(user_of(request), _number(request, "room"), _number(request, "user"))
    return _json({})


async def direct(request: web.Request) -> web.Response:
    """`POST /api/directs`"""
    user, command = user_of(request), await body(request, People)
    return _json({"room": await request.app[ROOMS].direct(user, command.logins)})


async def write_to(request: web.Request) -> web.Response:
    """`POST /people/{login}/message`, from a profile: to the conversation with this person."""
    room = await request.app[ROOMS].direct(user_of(request), [place(request, "login")])
    return see_other(f"/rooms/{room.id}")


async def people(request: web.Request) -> web.Response:
    """`GET /api/people?q=`"""
    return _json({"people": await request.app[DIRECTORY].people(user_of(request), words(request, "q"))})


def _number(request: web.Request, name: str) -> int:
    return int(request.match_info[name])


def _json(answer: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(body=encode(answer), status=status, content_type="application/json", charset="utf-8")
