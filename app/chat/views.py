"""The page with a room in it, history as JSON, and the way to a socket."""

import logging
from typing import NamedTuple

import aiohttp_jinja2
from aiohttp import web

from app.auth import SESSION_ID, USER, User, chat_settings_of, csrf_token, user_of
from app.auth.cookies import was_shared
from app.base.config import CONFIG
from app.base.errors import BadOrigin, NotAMember, NotLoggedIn, Unavailable
from app.base.log_fields import fields
from app.chat.keys import CHAT, FOLLOWING, FRAME_RATES, HISTORY, HUB, ON_OUTSIDER, PRESENCE, SOCKETS
from app.chat.messages.history import PAGE_DEFAULT, PAGE_MAX, Page
from app.chat.page_state import PageState, as_island
from app.chat.socket import SocketSession
from app.chat.subscriptions import Subscriptions
from app.chat.wire import events
from app.chat.wire.commands import MAX_FRAME_BYTES, MAX_TEXT_CHARS
from app.chat.wire.events import Author, RoomState, encode
from app.db.tables.sorting import sort_key
from app.limits.keys import LIMITS
from app.live.client import Client
from app.live.websocket import take_over
from app.web.asked import ID, id_in, number, number_in, time, words
from app.web.proxy import client_address, is_own_origin
from app.web.request_id import request_id

access = logging.getLogger("app.access")
routes = web.RouteTableDef()

# What scripts clone for a room that comes later: it has every field that a template reads.
NO_ROOM = RoomState(id=0, kind="", name="", topic="", last_seq=0, last_rev=0, read_seq=0)


class _Link(NamedTuple):
    """A room in the list of one of its people; `other` is the first of the others where it is direct."""

    room: RoomState
    title: str
    other: Author | None


@routes.get("/")
@routes.get(rf"/rooms/{{room:{ID}}}")
@routes.get(rf"/rooms/{{room:{ID}}}/{{seq:{ID}}}")
async def room(request: web.Request) -> web.Response:
    """A room, or the first that lives, at its end or around a message. The page's scripts take over from there."""
    user, history = user_of(request), request.app[HISTORY]
    rooms, has_blocked, has_notices = await history.rooms_and_flags(user.id)
    marked = number_in(request, "seq")
    room_id = number_in(request, "room") or _first(rooms).id
    landing = marked or _first_unread(rooms, room_id)
    try:
        page = await history.page(user.id, room_id, around=landing)
    except NotAMember:
        return await request.app[ON_OUTSIDER](request, room_id)
    chat = await chat_settings_of(request)
    state = _state(user, page, marked or 0, await csrf_token(request))
    links = sorted((_link(each, user.id) for each in rooms), key=lambda link: sort_key(link.title))
    context = {
        "user": user,
        "rooms": [link for link in links if link.room.kind != "direct"],
        "directs": [link for link in links if link.room.kind == "direct"],
        "room": page.room,
        "no_room": NO_ROOM,
        "title": page.room.title(user.id),
        "others": page.room.others(user.id),
        "off": [person.name for person in page.room.others(user.id) if person.off],
        "state": as_island(state),
        "has_blocked": has_blocked,
        "has_notices": has_notices,
        "is_shared": was_shared(request),
        "marked": state.marked,
        "new_at": _new_at(page, user.id),
        "messages": [events.as_dict(message) for message in page.messages],
        "has_older": state.has_older,
        "brand": chat.name,
        "open_sign_up": chat.open_sign_up,
        "is_setup_due": state.is_admin and not chat.is_welcomed,
        "csrf_token": state.csrf_token,
        "most_bytes": request.config_dict[CONFIG].file_mb * 1024 * 1024,
    }
    response = aiohttp_jinja2.render_template("chat/room.html", request, context)
    response.enable_compression()  # fifty messages are mostly the same markup
    return response


@routes.get(rf"/rooms/{{room:{ID}}}/at")
async def at_time(request: web.Request) -> web.Response:
    """Go to the first message from a day on, as in `?day=2026-01-31`.

    The day begins where the reader is when a script says so in `time`, else in UTC.
    """
    room, since = id_in(request, "room"), time(request, "time", "day")
    seq = await request.app[HISTORY].first_since(user_of(request).id, room, since)
    return web.Response(status=303, headers={"Location": f"/rooms/{room}/{seq}"})


@routes.get(rf"/api/rooms/{{room:{ID}}}/messages")
async def messages(request: web.Request) -> web.Response:
    """A stretch of a room's history."""
    page = await request.app[HISTORY].page(
        user_of(request).id,
        id_in(request, "room"),
        before=number(request, "before"),
        after=number(request, "after"),
        around=number(request, "around"),
        limit=number(request, "limit", PAGE_MAX) or PAGE_DEFAULT,
    )
    body = {
        "messages": page.messages,
        "last_seq": page.room.last_seq,
        "last_rev": page.room.last_rev,
    }
    response = web.Response(body=encode(body), content_type="application/json", charset="utf-8")
    response.enable_compression()
    return response


@routes.get(rf"/api/rooms/{{room:{ID}}}/mentionable")
async def mentionable(request: web.Request) -> web.Response:
    """A few other members, whose login or a word of whose name begins with `?q=`."""
    user, room, begin = user_of(request), id_in(request, "room"), words(request, "q")
    found = await request.app[HISTORY].members_like(user.id, room, begin)
    return web.Response(body=encode({"members": found}), content_type="application/json", charset="utf-8")


@routes.get("/ws")
async def websocket(request: web.Request) -> web.Response:
    """The conversation of docs/PROTOCOL.md.

    Raises:
        NotLoggedIn, BadOrigin, Unavailable: before the handshake.
    """
    app = request.app
    if app[CHAT].is_closing:
        raise Unavailable("The server is about to restart.", retry_after_s=1)
    user, session_id = request[USER], request[SESSION_ID]
    if user is None or session_id is None:
        raise NotLoggedIn()
    if not is_own_origin(request):
        raise BadOrigin()
    rate = app[FRAME_RATES].of(user.id)
    if (ws := await take_over(request, MAX_FRAME_BYTES, rate)) is not None:
        author, client = _author(user), Client(ws, user.id, session_id)
        rooms = Subscriptions(app[HUB], app[FOLLOWING], app[PRESENCE], client, author)
        whence = {"from": client_address(request), "request": request_id(request)}
        access.info("socket begun", extra=fields(user=user.id, **whence))
        ws.begin(SocketSession(app[CHAT], app[LIMITS], app[HUB], rooms, app[SOCKETS]))
    return web.Response(status=101)  # for the log; aiohttp sends it to nobody


def _author(user: User) -> Author:
    looks = (user.hue, user.avatar, user.namesake, user.role == "admin")
    return Author(user.id, user.login, user.name, *looks)


def _state(user: User, page: Page, marked: int, csrf_token: str) -> PageState:
    return PageState(
        epoch=str(page.epoch),
        user=_author(user),
        is_admin=user.role == "admin",
        room=page.room,
        has_older=bool(page.messages) and page.messages[0].seq > 1,
        has_newer=(page.messages[-1].seq if page.messages else 0) < page.room.last_seq,
        marked=marked,
        limits={"text": MAX_TEXT_CHARS},
        csrf_token=csrf_token,
    )


def _link(room: RoomState, user_id: int) -> _Link:
    others = room.others(user_id)
    return _Link(room, room.title(user_id), others[0] if others else None)


def _first(rooms: list[RoomState]) -> RoomState:
    """Where people land: the first room that is neither direct nor archived, if there is one."""
    return next((room for room in rooms if room.kind != "direct" and not room.archived), rooms[0])


def _first_unread(rooms: list[RoomState], room_id: int) -> int | None:
    """Where a reader lands whose first unread message is too far up for the newest page to show it in its context."""
    room = next((room for room in rooms if room.id == room_id), None)
    is_far = room is not None and room.last_seq - room.read_seq > PAGE_DEFAULT // 2
    return room.read_seq + 1 if room and is_far else None


def _new_at(page: Page, user_id: int) -> int:
    """The seq of the message below the "New" line, 0 for none; `firstNew` in timeline/grouping.js finds the same."""
    first_new = page.room.read_seq + 1
    if not page.messages or page.messages[0].seq > first_new:
        return 0
    return next((each.seq for each in page.messages if each.seq >= first_new and each.author.id != user_id), 0)
