"""Log in by somebody else: an OpenID Connect provider, such as that of one's organisation.

The authorization code flow with PKCE, state and nonce: OpenID Connect Core 1.0, section 3.1, and RFC 9700. Who somebody
is there is kept beside the account (`identities`); passwords of this chat can be switched off.
"""

from collections.abc import AsyncIterator

import aiohttp_jinja2
from aiohttp import web

from app.auth import ACCOUNTS
from app.base.config import CONFIG
from app.db.driver.engine import ENGINE


def setup(app: web.Application) -> None:
    """Add the pages, and what the pages to log in show; accounts and people must be set up before."""
    config = app[CONFIG]
    has_provider = config.oidc_issuer is not None
    shown = {"provider": config.oidc_name if has_provider else None, "local_accounts": config.local_accounts}
    app[aiohttp_jinja2.APP_KEY].globals.update(shown)
    if has_provider:
        from app.providers import logging_in, own  # here, and below: most have no provider

        app.cleanup_ctx.append(_provider)
        for part in (logging_in, own):
            app.add_routes(part.routes)


async def _provider(app: web.Application) -> AsyncIterator[None]:
    from app.providers.asking import Asking
    from app.providers.keys import IDENTITIES, PROVIDER
    from app.providers.provider import Provider
    from app.providers.service import Identities

    async with Asking(app[CONFIG].oidc_name) as asking:
        app[PROVIDER] = Provider(app[CONFIG], asking)
        app[IDENTITIES] = Identities(app[ENGINE], app[ACCOUNTS], app[CONFIG])
        yield
