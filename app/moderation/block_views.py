"""Block somebody, from their page, and the sheet that folds what they say in rooms that one shares with them."""

from urllib.parse import quote

from aiohttp import web

from app.auth import user_of
from app.people.pages import person_path
from app.rooms.keys import DIRECTS
from app.web.asked import place
from app.web.redirects import see_other

routes = web.RouteTableDef()
# A message says who wrote it in the link to their page; it unfolds when it has the focus. Logins are percent-encoded
# there, so nothing of one can end the string.
_FOLDED = """\
.message:has(> .message__head a[href^="/people/{login}?"]):not(:focus-within) > :not(.message__head, .avatar) {{
  display: none;
}}
.message:has(> .message__head a[href^="/people/{login}?"]):not(:focus-within)::after {{
  content: "From somebody you blocked";
  grid-column: 2;
  color: var(--muted);
}}
"""
_KEPT = "'"  # templates encode it, and scripts do not


@routes.post("/people/{login}/block")
async def block(request: web.Request) -> web.Response:
    """Block somebody."""
    login = place(request, "login")
    await request.app[DIRECTS].block(user_of(request), login)
    return see_other(person_path(login))


@routes.post("/people/{login}/unblock")
async def unblock(request: web.Request) -> web.Response:
    """Take a block back."""
    login = place(request, "login")
    await request.app[DIRECTS].unblock(user_of(request), login)
    return see_other(person_path(login))


@routes.get("/blocked.css")
async def folded(request: web.Request) -> web.Response:
    """The sheet for whoever has blocked somebody."""
    logins = await request.app[DIRECTS].blocked_by(user_of(request))
    encoded = sorted({quote(login, safe=safe) for login in logins for safe in ("", _KEPT)})
    sheet = "".join(_FOLDED.format(login=login) for login in encoded)
    return web.Response(text=sheet, content_type="text/css", charset="utf-8")
