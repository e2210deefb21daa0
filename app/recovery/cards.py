"""The pages of this feature that need no session: a card with one form."""

import aiohttp_jinja2
from aiohttp import web

from app.auth import chat_settings_of, csrf_token


async def card(request: web.Request, template: str, **more: object) -> web.Response:
    """A card for whoever asks."""
    context: dict[str, object] = {
        "brand": (await chat_settings_of(request)).name,
        "csrf_token": await csrf_token(request),
        "next": "",
        "typed": {},
        "reasons": {},
        "refusal": None,
        "focus": "",
    }
    return aiohttp_jinja2.render_template(template, request, context | more)
