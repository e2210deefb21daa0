"""Alice, the admin, with what she can make; others come with browsers of their own."""

import re
from collections.abc import Awaitable, Callable

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, select, update

from app.db.schema import instance, users
from tests.conftest import Serve
from tests.support.browsing import Answer, Browser

Invite = Callable[..., Awaitable[str]]


@pytest.fixture
async def server(serve: Serve) -> TestServer:
    """Looks for sessions that ended so seldom that a socket which closes was closed by whoever ended its session."""
    return await serve(heartbeat_s=50)


@pytest.fixture
def invite(alice: Browser) -> Invite:
    """Alice makes an invitation; the path of its link: `await invite(uses=1)`."""

    async def make(days: int = 7, uses: int = 10) -> str:
        answer = await alice.submit("/settings/chat", to="/settings/chat/invitations", days=str(days), uses=str(uses))
        assert answer.status == 303
        shown = await alice.ask("GET", "/settings/chat")
        link = re.search(r'value="http://[^/"]+(/invite/[^"]+)"', shown.text)
        assert link is not None
        return link[1]

    return make


@pytest.fixture
def closed(alice: Browser, database: Engine) -> None:
    """Sign-up is by invitation."""
    with database.begin() as conn:
        conn.execute(update(instance).values(open_sign_up=False))


async def press(browser: Browser, page: str, path: str, **fields: str) -> Answer:
    """Send the form at `path` with the hidden fields of a page."""
    return await browser.submit(page, to=path, **fields)


def logins(database: Engine) -> list[str]:
    with database.connect() as conn:
        return list(conn.execute(select(users.c.login).order_by(users.c.id)).scalars())
