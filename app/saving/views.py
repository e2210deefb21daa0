"""The page on which a member saves a room, and that on which an admin takes the whole chat out; and both files."""

from datetime import UTC, datetime

import aiohttp_jinja2
from aiohttp import web

from app.auth import SESSION_ID, User, chat_settings_of, user_of
from app.base.errors import BadCommand, NotLoggedIn
from app.files.serving.keys import READING
from app.files.serving.service import Reader
from app.people.pages import admin_of, page
from app.saving.keys import SAVING, STYLE
from app.saving.room_lines import lines_of
from app.saving.room_page import About, RoomPage
from app.saving.sending import send
from app.saving.service import Savable
from app.web.asked import ID, id_in, typed
from app.web.forms import form_fields
from app.web.redirects import see_other

routes = web.RouteTableDef()
_SAVE = rf"/rooms/{{room:{ID}}}/save"
_TYPES = {"html": "text/html; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}


@routes.get(_SAVE)
async def ask(request: web.Request) -> web.Response:
    """The page that asks in which form to save a room, and who may."""
    user, room_id = user_of(request), id_in(request, "room")
    found = await request.app[SAVING].find(user, room_id)
    done = "Saved." if typed(request, "done") == "members" else None
    title = found.room.title(user.id)
    return await page(request, "saving/save.html", saved=found, title=title, room=f"/rooms/{room_id}", done=done)


@routes.post(_SAVE)
async def save(request: web.Request) -> web.StreamResponse:
    """A room as a file: `form` is `html` or `jsonl`."""
    user, reader = _reader(request)
    form = (await form_fields(request)).get("form", "")
    if form not in _TYPES:
        raise BadCommand("A room is saved as “html” or as “jsonl”.")
    saving = request.app[SAVING]
    found = await saving.begin(user, id_in(request, "room"), form)
    at = datetime.now(UTC)
    if form == "jsonl":
        pieces = lines_of(saving, reader, found.room)
    else:
        written = RoomPage(aiohttp_jinja2.get_env(request.app), request.app[STYLE], request.app[READING], reader)
        about = await _about(request, user, found, at)
        pieces = written.written(about, saving.messages(reader, found.room))
    name = f"{found.room.title(user.id)[:100]} {at:%Y-%m-%d}.{form}".replace("/", "-")
    return await send(request, pieces, name, _TYPES[form])


@routes.post(f"{_SAVE}/members")
async def set_for_members(request: web.Request) -> web.Response:
    """Let all members save a room, or only who looks after it."""
    user, room_id, fields = user_of(request), id_in(request, "room"), await form_fields(request)
    await request.app[SAVING].set_for_members(user, room_id, is_on=bool(fields.get("members")))
    return see_other(f"/rooms/{room_id}/save?done=members")


@routes.get("/settings/export")
async def ask_for_all(request: web.Request) -> web.Response:
    """The page on which an admin takes the whole chat out."""
    admin_of(request)
    return await page(request, "saving/export.html")


@routes.post("/settings/export")
async def take_out(request: web.Request) -> web.StreamResponse:
    """The whole chat as a file."""
    admin_of(request)
    _, admin = _reader(request)
    name = f"{(await chat_settings_of(request)).name} {datetime.now(UTC):%Y-%m-%d}.zip".replace("/", "-")
    return await send(request, request.app[SAVING].whole(admin), name, "application/zip")


async def _about(request: web.Request, user: User, found: Savable, at: datetime) -> About:
    room = found.room
    return About(
        title=room.title(user.id),
        topic=room.topic,
        is_direct=room.kind == "direct",
        brand=(await chat_settings_of(request)).name,
        saver=user.name,
        at=f"{at:%-d %B %Y, %H:%M} UTC",
        messages=f"{room.last_seq:,}",
    )


def _reader(request: web.Request) -> tuple[User, Reader]:
    user, session_id = user_of(request), request[SESSION_ID]
    if session_id is None:
        raise NotLoggedIn
    return user, Reader(user.id, session_id)
