"""Bob, who has lost his password, and the links that come to him; where letters arrive."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests.mail.post_office import PostOffice, post_office
from tests.support.browsing import Browser

MakeLink = Callable[[], Awaitable[str]]
NEW, RESET_LINK = "another battery 7", "/people/bobby/reset-link"


@pytest.fixture
def link_for_bob(alice: Browser, bob: Browser) -> MakeLink:
    """Alice makes a link for Bob; its path."""

    async def make() -> str:
        assert (await alice.submit("/people/bobby/reset-link")).status == 303
        found = re.search(r'value="http://[^/"]+(/reset/[^"]+)"', (await alice.ask("GET", RESET_LINK)).text)
        assert found is not None
        return found[1]

    return make


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    """Where letters arrive that are mailed through it."""
    async with post_office() as office:
        yield office
