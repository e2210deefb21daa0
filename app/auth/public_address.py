"""By which address people reach this chat: what stands before every link that is shown or mailed.

The `Host` of a request is whatever its sender wrote, so no link is made of it. `PUBLIC_URL` counts, else the address
that the chat keeps: that by which its first admin came, or what an admin has chosen since.
"""

from aiohttp import web

from app.auth.keys import CHAT_SETTINGS, USER
from app.base.config import CONFIG
from app.web.origins import is_loopback, origin_in
from app.web.proxy import own_origin


async def public_address(of: web.Request | web.Application) -> str:
    """`scheme://host[:port]` for a link.

    A chat that keeps none is linked as its admin reaches it, whose browser wrote that address, else on loopback.
    """
    app = of.config_dict if isinstance(of, web.Request) else of
    config = app[CONFIG]
    if (chosen := config.public_url or (await app[CHAT_SETTINGS].read()).address) is not None:
        return chosen
    origin = origin_in(own_origin(of)) if isinstance(of, web.Request) else None
    is_believed = origin is not None and (is_loopback(origin) or _is_admin(of))
    return origin if origin is not None and is_believed else f"http://localhost:{config.port}"


def _is_admin(of: web.Request | web.Application) -> bool:
    user = of.get(USER) if isinstance(of, web.Request) else None
    return user is not None and user.role == "admin"
