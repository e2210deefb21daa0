"""Carol, who is a member as Bob is."""

import pytest

from tests.support.browsing import Browser, Browsers


@pytest.fixture
async def carol(bob: Browser, browser: Browsers) -> Browser:
    return await member(browser, "carol")


async def member(browser: Browsers, login: str) -> Browser:
    person = browser()
    assert (await person.sign_up(login)).status == 303
    return person
