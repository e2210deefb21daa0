"""What the pages of this feature have in common: who reads them, what this chat is called, and forms to correct."""

from collections.abc import Mapping

import aiohttp_jinja2
from aiohttp import web

from app.auth import User, chat_settings_of, csrf_token, user_of
from app.base.errors import AppError, BadForm, NotAdmin, Unavailable, WrongPassword
from app.db.driver.engine import DATABASE_GONE
from app.web.redirects import retry_after

# What a form may be refused for and still come back with what was typed.
REFUSALS: tuple[type[Exception], ...] = (AppError, *DATABASE_GONE)


async def page(request: web.Request, template: str, **told: object) -> web.Response:
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
    return aiohttp_jinja2.render_template(template, request, context | told)


async def asked(request: web.Request, question: tuple[str, str], about: str, **told: str) -> web.Response:
    """The page that asks before something is done; what is asked about stands between the parts of the question.

    Its form goes to the address that it was asked at; `told` has the `sentence`, the `button` and the way `back`.
    """
    return await page(request, "people/confirm.html", question=question, about=about, next="", **told)


def refused(form: str, error: Exception, fields: Mapping[str, str], kept: tuple[str, ...]) -> dict[str, object]:
    """What tells a page that its form of this name was refused, why, and what was typed; never passwords."""
    refusal = as_refusal(error)
    reasons: Mapping[str, str] = {}
    if isinstance(refusal, BadForm):
        reasons = refusal.reasons
    elif isinstance(refusal, WrongPassword):
        reasons = {"old_password": "This is not your password. Type the one that you have now."}
    return {
        "refused": form,
        "refusal": None if reasons else refusal.message,
        "reasons": reasons,
        "focus": next(iter(reasons), ""),
        "typed": {name: fields.get(name, "") for name in kept},
    }


def with_status(response: web.Response, error: Exception) -> web.Response:
    """The page that tells of a refusal, with the refusal's status."""
    refusal = as_refusal(error)
    response.set_status(refusal.http_status)
    response.headers.update(retry_after(refusal))
    return response


def as_refusal(error: Exception) -> AppError:
    return error if isinstance(error, AppError) else Unavailable()


def admin_of(request: web.Request) -> User:
    """The user who is logged in, an administrator.

    Raises:
        NotLoggedIn, NotAdmin
    """
    user = user_of(request)
    if user.role != "admin":
        raise NotAdmin
    return user
