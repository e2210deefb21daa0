"""What the pages of this feature have in common: who reads them, and what this chat is called."""

import aiohttp_jinja2
from aiohttp import web

from app.auth import User, chat_settings_of, csrf_token, user_of
from app.base.errors import NotAdmin


async def page(request: web.Request, template: str, **more: object) -> web.Response:
    """A page for who is logged in."""
    context: dict[str, object] = {
        "user": user_of(request),
        "brand": (await chat_settings_of(request)).name,
        "csrf_token": await csrf_token(request),
        "refused": None,
        "refusal": None,
        "reasons": {},
        "focus": "",
    }
    return aiohttp_jinja2.render_template(template, request, context | more)


async def asked(request: web.Request, question: tuple[str, str], about: str, **more: str) -> web.Response:
    """The page that asks before something is done; what is asked about stands between the parts of the question.

    Its form goes to the address that it was asked at; `more` has the `sentence`, the `button` and the way `back`.
    """
    return await page(request, "people/confirm.html", question=question, about=about, next="", **more)


def admin_of(request: web.Request) -> User:
    """The user who is logged in, an administrator.

    Raises:
        NotLoggedIn, NotAdmin
    """
    user = user_of(request)
    if user.role != "admin":
        raise NotAdmin
    return user
