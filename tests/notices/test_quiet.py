"""When nobody is called: quiet hours, a pause, a page before their eyes, a level that asks for less."""

from datetime import UTC, datetime, timedelta

import pytest
from aiohttp.test_utils import TestServer

from app.notices.wording import Hours
from tests.chat.conftest import Join, member
from tests.conftest import Serve
from tests.notices.service import PushService, switch_on
from tests.rooms.conftest import by
from tests.support.browsing import Open

PAGE = "/settings/notifications"
NIGHT = Hours(22 * 60, 7 * 60, "Europe/Kyiv")


@pytest.mark.parametrize(
    ("hours", "at", "are_quiet"),
    [
        (NIGHT, "2026-01-10T19:59:00", False),  # Kyiv is two hours ahead in winter
        (NIGHT, "2026-01-10T20:00:00", True),
        (NIGHT, "2026-01-10T23:30:00", True),
        (NIGHT, "2026-01-11T04:59:00", True),
        (NIGHT, "2026-01-11T05:00:00", False),
        (NIGHT, "2026-07-10T19:30:00", True),  # and three in summer
        (Hours(13 * 60, 14 * 60), "2026-01-10T13:59:59", True),
        (Hours(13 * 60, 14 * 60), "2026-01-10T14:00:00", False),
        (Hours(0, 1), "2026-01-10T00:00:30", True),
        (Hours(), "2026-01-10T00:00:00", False),
        (Hours(paused_until=datetime(2026, 1, 10, 12, tzinfo=UTC)), "2026-01-10T11:59:59", True),
        (Hours(paused_until=datetime(2026, 1, 10, 12, tzinfo=UTC)), "2026-01-10T12:00:00", False),
    ],
)
def test_hours_are_quiet_by_the_clock_of_their_zone(hours: Hours, at: str, are_quiet: bool) -> None:
    assert hours.are_quiet(datetime.fromisoformat(at).replace(tzinfo=UTC)) is are_quiet


def _minutes_around_now() -> dict[str, str]:
    now = datetime.now(UTC)
    begin, end = now - timedelta(hours=2), now + timedelta(hours=2)
    return {"quiet_from": f"{begin:%H:%M}", "quiet_until": f"{end:%H:%M}", "zone": "UTC"}


async def test_in_quiet_hours_nobody_is_called_and_after_them_for_what_is_new(join: Join, service: PushService) -> None:
    alice, bob, carol = [await join(login) for login in ("alice", "bobby", "carol")]
    for person, name in ((bob, "bobby"), (carol, "carol")):
        await switch_on(person.browser, service.subscription(name))

    saved = await bob.browser.submit(PAGE, **_minutes_around_now())
    assert saved.location == f"{PAGE}?done=saved"
    await alice.socket.posted("@bobby in the night")
    await alice.socket.posted("@carol")
    assert (await service.arrived()).name == "carol"
    page = await bob.browser.submit(PAGE, zone="UTC", quiet_from="", quiet_until="")
    assert page.status == 303
    await alice.socket.posted("@bobby by day")

    assert (await service.arrived()).notice["body"] == "@bobby by day"
    assert len(service.all) == 2


async def test_a_pause_holds_until_its_end_or_until_one_ends_it(join: Join, service: PushService) -> None:
    alice, bob, carol = [await join(login) for login in ("alice", "bobby", "carol")]
    for person, name in ((bob, "bobby"), (carol, "carol")):
        await switch_on(person.browser, service.subscription(name))
    pause = f"{PAGE}/pause"

    for which in ("hour", "tomorrow"):
        assert (await bob.browser.submit(PAGE, to=pause, zone="Asia/Tokyo", **{"for": which})).status == 303
        assert "End the pause" in (await bob.browser.ask("GET", PAGE)).text
        await alice.socket.posted("@bobby")
        await alice.socket.posted("@carol")
        assert (await service.arrived()).name == "carol"
    assert (await bob.browser.submit(PAGE, to=pause, **{"for": "end"})).location == f"{PAGE}?done=end"
    await alice.socket.posted("@bobby")

    assert (await service.arrived()).name == "bobby"


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"quiet_from": "22:00", "quiet_until": ""}, "quiet_until"),
        ({"quiet_from": "24:00", "quiet_until": "07:00"}, "quiet_from"),
        ({"quiet_from": "22:00", "quiet_until": "22:00"}, "quiet_until"),
    ],
)
async def test_hours_that_make_no_sense_come_back_with_a_reason(join: Join, fields: dict[str, str], name: str) -> None:
    alice = await join("alice")

    again = await alice.browser.submit(PAGE, **fields)

    assert again.status == 422
    assert again.reason_at(name)
    assert again.input("quiet_from")["value"] == fields["quiet_from"]


async def test_the_level_of_a_room_is_honoured(join: Join, service: PushService) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await switch_on(bob.browser, service.subscription())
    await bob.browser.submit(PAGE, **{"room-1": "on", "sound": "on"})
    direct = await by(alice).direct("bobby")
    await alice.socket.posted("hello", room=direct)  # until then it is not in his list
    assert (await service.arrived()).notice["body"] == "hello"

    for room in (1, direct):
        await bob.socket.say(type="level", room=room, level="mentions")
        await bob.socket.until("level", room=room)
        await alice.socket.posted("for nobody", room=room)
        await alice.socket.posted("@bobby", room=room)
        arrived = await service.arrived()
        assert (arrived.notice["room"], arrived.notice["body"], arrived.notice["sound"]) == (room, "@bobby", True)
        await bob.socket.say(type="level", room=room, level="muted")
        await bob.socket.until("level", room=room)
        await alice.socket.posted("@bobby again", room=room)
    other = await by(alice).make("Plans")
    await by(bob).join(other)
    await alice.socket.posted("@bobby there", room=other)

    assert (await service.arrived()).notice["body"] == "@bobby there"
    assert len(service.all) == 4


async def test_who_has_a_page_before_their_eyes_gets_it_there_alone_in_whichever_process(
    join: Join, serve: Serve, service: PushService, open_browser: Open, server: TestServer
) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await switch_on(bob.browser, service.subscription())
    there = open_browser(await serve(notify_after_s=0))
    await there.log_in("bobby")
    page = await member(there)

    await by(page).ask("POST", "/api/notices/in-use", {"is_in_use": True})
    ack = await alice.socket.posted("@bobby")
    for person in (bob, page):
        assert (await person.socket.until("notice"))["seq"] == ack["seq"]
    await by(page).ask("POST", "/api/notices/in-use", {"is_in_use": False})
    second = await alice.socket.posted("@bobby, are you there?")

    assert (await service.arrived()).notice["seq"] == second["seq"]
    assert len(service.all) == 1
    assert [event for event in await alice.socket.so_far() if event["type"] == "notice"] == []
