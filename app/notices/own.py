"""One's own notices: switched on in this browser, their hours, a pause, and the rooms of which one wants all."""

from collections.abc import Mapping
from datetime import UTC, datetime

from aiohttp import web

from app.auth import SESSION_ID, user_of
from app.notices import requests
from app.notices.keys import NOTICES, VAPID
from app.notices.service import Settings
from app.notices.wording import Hours
from app.people.pages import page
from app.web.asked import typed
from app.web.forms import REFUSALS, form_fields, refused, with_status
from app.web.redirects import see_other

routes = web.RouteTableDef()
PAGE = "/settings/notifications"
_DONE = {"saved": "Saved.", "pause": "Notifications are paused.", "end": "The pause is over."}
_KEPT = ("quiet_from", "quiet_until")


@routes.get(PAGE)
async def notifications(request: web.Request) -> web.Response:
    """The page of one's notifications."""
    return await _page(request)


@routes.post(PAGE)
async def save(request: web.Request) -> web.Response:
    """Save hours, sound and rooms."""
    user, fields = user_of(request), await form_fields(request)
    try:
        hours = requests.hours(fields, await _zone(request, fields))
        await request.app[NOTICES].save(user.id, hours, requests.rooms(fields), sound="sound" in fields)
    except REFUSALS as error:
        return await _again(request, "hours", error, fields)
    return see_other(f"{PAGE}?done=saved")


@routes.post(f"{PAGE}/pause")
async def pause(request: web.Request) -> web.Response:
    """Pause all notifications of oneself, or end the pause."""
    user, fields = user_of(request), await form_fields(request)
    try:
        until = requests.pause(fields, await _zone(request, fields), datetime.now(UTC))
        await request.app[NOTICES].pause(user.id, until)
    except REFUSALS as error:
        return await _again(request, "pause", error, fields)
    return see_other(f"{PAGE}?done={'pause' if until else 'end'}")


async def _zone(request: web.Request, fields: Mapping[str, str]) -> str:
    return requests.zone_of(fields, (await _settings(request)).hours.zone)


async def _settings(request: web.Request) -> Settings:
    return await request.app[NOTICES].settings_of(user_of(request).id) or Settings(False, Hours())


async def _page(request: web.Request, **more: object) -> web.Response:
    user, notices, settings = user_of(request), request.app[NOTICES], await _settings(request)
    paused_until = settings.hours.paused_until
    context: dict[str, object] = {
        "endpoint": await notices.endpoint_of(request[SESSION_ID] or 0),
        "key": await request.app[VAPID].public_key(),
        "settings": settings,
        "paused_until": paused_until if paused_until and paused_until > datetime.now(UTC) else None,
        "rooms": await notices.rooms_of(user.id),
        "typed": {name: _time(getattr(settings.hours, name)) for name in _KEPT},
        "done": _DONE.get(typed(request, "done")),
    }
    return await page(request, "notices/own.html", **(context | more))


async def _again(request: web.Request, form: str, error: Exception, fields: Mapping[str, str]) -> web.Response:
    return with_status(await _page(request, refused=form, **refused(error, fields, _KEPT)), error)


def _time(minute: int | None) -> str:
    return "" if minute is None else f"{minute // 60:02}:{minute % 60:02}"
