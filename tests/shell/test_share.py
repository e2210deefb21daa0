"""The page that asks which room gets what another app shared."""

import re

from tests.rooms.conftest import Requests
from tests.support.browsing import Browser, Browsers


async def test_the_page_lists_ones_rooms_that_live_and_nobody_elses(alice: Browser, bob: Browser) -> None:
    rooms = Requests(alice)
    await rooms.make("alices", kind="closed")
    await rooms.change(await rooms.make("over", kind="closed"), archived=True)

    hers, his = (await alice.ask("GET", "/share")).text, (await bob.ask("GET", "/share")).text

    assert "<bdi>alices</bdi>" in hers
    assert "<bdi>over</bdi>" not in hers
    assert "<bdi>alices</bdi>" not in his
    assert 'href="/rooms/1#shared"' in his


async def test_rooms_stand_as_in_the_list_beside_a_room(alice: Browser) -> None:
    rooms = Requests(alice)
    for name in ("room 10", "room 2", "Ärzte", "Zoo"):
        await rooms.make(name)

    listed = re.findall(r'__name"><bdi>([^<]+)</bdi>', (await alice.ask("GET", "/share")).text)

    assert listed == ["Ärzte", "Lobby", "room 2", "room 10", "Zoo"]


async def test_whoever_is_logged_out_comes_back_to_the_page(browser: Browsers) -> None:
    answer = await browser().ask("GET", "/share")

    assert (answer.status, answer.location) == (303, "/login?next=/share")


async def test_what_reaches_the_server_itself_is_refused(alice: Browser) -> None:
    """It is for the service worker; a form of another app has no token of ours."""
    assert (await alice.ask("POST", "/share", data={"text": "hello"})).status == 403
