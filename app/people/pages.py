"""What the pages of this feature have in common: who reads them, what this chat is called, what is asked first."""

from collections.abc import Awaitable, Callable
from urllib.parse import quote

import aiohttp_jinja2
from aiohttp import web

from app.auth import User, chat_settings_of, csrf_token, user_of
from app.base.errors import NotAdmin
from app.people.keys import PEOPLE
from app.people.queries import AnyRow
from app.web.asked import place
from app.web.redirects import see_other

Act = Callable[[web.Request, User, AnyRow], Awaitable[None]]
"""What an admin does about a person."""


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


async def asked_about(request: web.Request, person: AnyRow, question: tuple[str, str], **more: str) -> web.Response:
    """The same about a person; the way back is their page."""
    return await asked(request, question, person.display_name, back=person_path(person.login), **more)


def ask_first(
    routes: web.RouteTableDef, name: str, question: tuple[str, str], *, sentence: str, button: str
) -> Callable[[Act], Act]:
    """Add what admins do about a person: `GET /people/{login}/<name>` asks, `POST` does it and leads to their page."""

    def added(act: Act) -> Act:
        @routes.get(f"/people/{{login}}/{name}")
        async def ask(request: web.Request) -> web.Response:
            _, person = await admin_and_person(request)
            return await asked_about(request, person, question, sentence=sentence, button=button)

        @routes.post(f"/people/{{login}}/{name}")
        async def do(request: web.Request) -> web.Response:
            admin, person = await admin_and_person(request)
            await act(request, admin, person)
            return see_other(person_path(person.login))

        return act

    return added


def person_path(login: str) -> str:
    """The address of a person's page."""
    return f"/people/{quote(login, safe='')}"


def admin_of(request: web.Request) -> User:
    """The user who is logged in, an administrator.

    Raises:
        NotLoggedIn, NotAdmin
    """
    user = user_of(request)
    if user.role != "admin":
        raise NotAdmin
    return user


async def admin_and_person(request: web.Request) -> tuple[User, AnyRow]:
    """The administrator who asks, and the person whose login is in the path.

    Raises:
        NotLoggedIn, NotAdmin
        NotFound: nobody has this login.
    """
    admin = admin_of(request)
    return admin, await request.app[PEOPLE].person(place(request, "login"))
