"""Everybody comes by an address at which there can be passkeys."""

import functools

import pytest
from aiohttp.test_utils import TestServer

from tests.factors.passkeys.asking import HOST
from tests.support.browsing import Browsers, Open


@pytest.fixture
def browser(server: TestServer, open_browser: Open) -> Browsers:
    return functools.partial(open_browser, server, Host=HOST)
