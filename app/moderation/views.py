"""Report a message: a page that asks why, and the answer that admins will see it."""

from aiohttp import web

from app.auth import user_of
from app.base.errors import BadForm
from app.base.text import one_line
from app.moderation.keys import MODERATION
from app.people.pages import page
from app.web.asked import ID, id_in, typed
from app.web.forms import REFUSALS, form_fields, refused, with_status
from app.web.redirects import see_other

routes = web.RouteTableDef()
_REPORT = rf"/rooms/{{room:{ID}}}/{{seq:{ID}}}/report"
MAX_REASON_CHARS = 500


@routes.get(_REPORT)
async def report_form(request: web.Request) -> web.Response:
    """The page that asks why somebody reports a message."""
    return await _form(request, typed={})


@routes.post(_REPORT)
async def report(request: web.Request) -> web.Response:
    """Report a message, and go back to it."""
    room, seq, fields = id_in(request, "room"), id_in(request, "seq"), await form_fields(request)
    try:
        await request.app[MODERATION].report(user_of(request), room, seq, _reason(fields.get("reason", "")))
    except REFUSALS as error:
        return with_status(await _form(request, **refused(error, fields, ("reason",))), error)
    return see_other(f"/rooms/{room}/{seq}/report?done=report")


async def _form(request: web.Request, **more: object) -> web.Response:
    room, seq = id_in(request, "room"), id_in(request, "seq")
    is_done = typed(request, "done") == "report"
    found = None if is_done else await request.app[MODERATION].message(user_of(request), room, seq)
    back = f"/rooms/{room}/{seq}"
    return await page(request, "moderation/report.html", next="", message=found, back=back, is_done=is_done, **more)


def _reason(typed: str) -> str:
    reason = one_line(typed).strip()
    if len(reason) > MAX_REASON_CHARS:
        raise BadForm({"reason": f"Say it in at most {MAX_REASON_CHARS} characters."})
    return reason
