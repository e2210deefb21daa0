"""The page on which an admin brings an export in, and the requests of its forms and its script."""

from collections.abc import Mapping
from typing import Any

import msgspec
from aiohttp import web

from app.base.errors import BadForm
from app.base.file_labels import size_label
from app.base.text import one_line
from app.bringing.folder import State
from app.bringing.keys import JOB
from app.bringing.refusals import NothingHere
from app.chat.wire.events import encode
from app.people.pages import admin_of, page
from app.transfer.command_line import FORMATS
from app.web.forms import REFUSALS, form_fields, refused, with_status
from app.web.redirects import see_other

routes = web.RouteTableDef()
PAGE = "/settings/import"
MOST_SOURCE_CHARS = 64
NAMES = {
    "slack": "Slack",
    "mattermost": "Mattermost",
    "zulip": "Zulip",
    "discord": "Discord (DiscordChatExporter, JSON)",
    "telegram": "Telegram (result.json)",
    "rocketchat": "Rocket.Chat (mongodump)",
    "irc": "IRC logs (WeeChat, irssi)",
    "campfire": "Campfire (SQLite)",
    "mongo": "mongoexport",
    "jsonl": "Parley",
}


@routes.get(PAGE)
async def ask(request: web.Request) -> web.Response:
    """How far the import is, and what can be done next."""
    admin_of(request)
    return await shown(request)


@routes.post(f"{PAGE}/look")
async def look(request: web.Request) -> web.Response:
    """Look what would come."""
    return await _start(request, is_dry=True)


@routes.post(f"{PAGE}/start")
async def start(request: web.Request) -> web.Response:
    """Bring it in, or go on with that."""
    return await _start(request, is_dry=False)


@routes.post(f"{PAGE}/discard")
async def discard(request: web.Request) -> web.Response:
    """Delete the file, and begin anew."""
    admin_of(request)
    try:
        await request.app[JOB].discard()
    except REFUSALS as error:
        return await shown(request, error)
    return see_other(PAGE)


@routes.get(f"{PAGE}/report.json")
async def report(request: web.Request) -> web.Response:
    """The counts of what came, or would come, as a file."""
    admin_of(request)
    state = await request.app[JOB].state()
    if state.report is None:
        raise NothingHere("There is no report yet.")
    body = msgspec.json.format(encode(state.report)) + b"\n"
    headers = {"Content-Disposition": 'attachment; filename="import.json"'}
    return web.Response(body=body, content_type="application/json", headers=headers)


@routes.get("/api/import")
async def state(request: web.Request) -> web.Response:
    """How far it is, for the page's script."""
    admin_of(request)
    found = await request.app[JOB].state()
    done, total = found.counted or (found.received, found.about.size)
    answer = {"step": found.step, "said": found.said, "received": found.received, "done": done, "total": total}
    return web.Response(body=encode(answer), content_type="application/json", charset="utf-8")


async def shown(
    request: web.Request, error: Exception | None = None, fields: Mapping[str, str] | None = None
) -> web.Response:
    """The page as it is now, with why something was refused."""
    job = request.app[JOB]
    found = await job.state()
    given = fields or {"form": found.about.form or await _guess(request, found), "source": found.about.source}
    context: dict[str, Any] = {
        "state": found,
        "sizes": (size_label(found.received), size_label(found.about.size)),
        "most": size_label(job.most_bytes),
        "counted": found.counted,
        "formats": {form: NAMES.get(form, form) for form in FORMATS},
        "form_name": NAMES.get(given.get("form", ""), ""),
        "typed": given,
    }
    if error is None:
        return await page(request, "bringing/import.html", **context)
    context |= refused(error, given, ("form", "source")) | {"refused": "import"}
    return with_status(await page(request, "bringing/import.html", **context), error)


async def _guess(request: web.Request, found: State) -> str:
    return await request.app[JOB].detected() or "" if found.step == "here" else ""


async def _start(request: web.Request, *, is_dry: bool) -> web.Response:
    admin, fields = admin_of(request), await form_fields(request)
    form, source = fields.get("form", ""), one_line(fields.get("source", "")).strip()
    try:
        if form not in FORMATS:
            raise BadForm({"form": "Choose which chat wrote this file."})
        if len(source) > MOST_SOURCE_CHARS:
            raise BadForm({"source": f"Use at most {MOST_SOURCE_CHARS} characters."})
        await request.app[JOB].start(admin, form, source, is_dry=is_dry)
    except REFUSALS as error:
        return await shown(request, error, fields)
    return see_other(PAGE)
