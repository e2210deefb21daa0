"""A message that calls for somebody reaches their browsers by their push services, once, and nobody else's."""

import time

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine

from app.db.schema import notice_browsers, notices, push_keys, pushes
from tests.chat.conftest import Join, Member
from tests.conftest import Serve
from tests.notices.conftest import count
from tests.notices.service import PushService, answers, claims_of, switch_on
from tests.rooms.conftest import by
from tests.search.conftest import becomes


async def mention(author: Member, name: str, service: PushService, count: int) -> None:
    """A mention reaches the browser of that name next; with it, so many pushes have come in all."""
    await author.socket.posted(f"@{name}")
    assert (await service.arrived()).name == name
    assert len(service.all) == count


async def test_a_mention_reaches_every_browser_of_who_is_mentioned(join: Join, service: PushService) -> None:
    alice, bob, carol = await join("alice"), await join("bobby"), await join("carol")
    for person, names in ((alice, ["alice"]), (bob, ["phone"]), (carol, ["carol"])):
        for name in names:
            await switch_on(person.browser, service.subscription(name))

    before = time.time()
    ack = await alice.socket.posted("**hi** @bobby, @bobby!\n\nmore")
    arrived = await service.arrived()

    sent_at = arrived.notice.pop("time") / 1000
    assert before - 1 < sent_at < time.time() + 1
    assert arrived.name == "phone"
    assert arrived.notice == {
        "type": "notice",
        "room": 1,
        "seq": ack["seq"],
        "title": "alice · Lobby",
        "body": "**hi** @bobby, @bobby!",
        "path": f"/rooms/1/{ack['seq']}",
        "sound": False,
    }
    assert arrived.headers["Content-Encoding"] == "aes128gcm"
    assert (arrived.headers["Topic"], arrived.headers["TTL"], arrived.headers["Urgency"]) == ("room-1", "43200", "high")
    claims = claims_of(arrived.headers["Authorization"])
    assert time.time() < claims["exp"] <= time.time() + 86_400
    assert claims["sub"].startswith(("https://", "mailto:"))
    await mention(alice, "carol", service, 2)


async def test_two_browsers_of_one_person_each_show_it_once_and_all_means_everybody_else(
    join: Join, service: PushService
) -> None:
    alice, bob = await join("alice"), await join("bobby")
    tab = await join("carol")
    await switch_on(bob.browser, service.subscription("bobby"))
    await switch_on(tab.browser, service.subscription("carol"))
    await switch_on(alice.browser, service.subscription("alice"))

    await alice.socket.posted("@all @bobby")

    assert {(await service.arrived()).name for _ in range(2)} == {"bobby", "carol"}
    await mention(bob, "alice", service, 3)


async def test_a_direct_message_calls_and_a_message_in_a_room_without_a_mention_does_not(
    join: Join, service: PushService
) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await switch_on(bob.browser, service.subscription())
    room = await by(alice).direct("bobby")

    await alice.socket.posted("nothing for anybody")
    await alice.socket.posted("psst", room=room)

    arrived = await service.arrived()
    assert (arrived.notice["title"], arrived.notice["body"], arrived.notice["room"]) == ("alice", "psst", room)


async def test_every_message_of_a_room_calls_for_whom_wants_that(join: Join, service: PushService) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await switch_on(bob.browser, service.subscription())
    saved = await bob.browser.submit("/settings/notifications", **{"room-1": "on"})
    assert saved.location == "/settings/notifications?done=saved"

    await alice.socket.posted("nobody in particular")

    assert (await service.arrived()).notice["body"] == "nobody in particular"


@pytest.mark.parametrize("status", [404, 410])
async def test_a_subscription_that_is_gone_goes_and_other_refusals_end_the_push_alone(
    status: int, join: Join, service: PushService, database: Engine
) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await switch_on(bob.browser, service.subscription())

    service.answer = answers(400)
    await alice.socket.posted("@bobby")
    await becomes(lambda: _asked(service), 1)
    await becomes(lambda: count(database, pushes), 0)
    assert await count(database, notice_browsers) == 1

    service.answer = answers(status)
    await alice.socket.posted("@bobby again")
    await becomes(lambda: count(database, notice_browsers), 0)
    assert service.asked == 2


async def _asked(service: PushService) -> int:
    return service.asked


async def test_a_server_that_fails_is_asked_again(
    join: Join, service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.notices.sending.FIRST_WAIT_S", 0.0)
    alice, bob = await join("alice"), await join("bobby")
    await switch_on(bob.browser, service.subscription())
    service.answer = answers(502)

    await alice.socket.posted("@bobby")
    await becomes(lambda: _is_asked(service, 3), True)
    service.answer = answers(201)

    assert (await service.arrived()).notice["body"] == "@bobby"


async def _is_asked(service: PushService, times: int) -> bool:
    return service.asked >= times


async def test_signing_out_ends_it_for_this_browser_and_no_other(
    join: Join, service: PushService, server: TestServer, database: Engine
) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await switch_on(bob.browser, service.subscription("left"))
    await switch_on(alice.browser, service.subscription("alice"))

    await bob.browser.sign_out()
    await alice.socket.posted("@bobby @all")
    assert await count(database, notice_browsers) == 1
    await bob.browser.log_in("bobby")
    await switch_on(bob.browser, service.subscription("new"))
    await alice.socket.posted("@bobby")

    assert (await service.arrived()).name == "new"
    assert len(service.all) == 1


async def test_a_subscription_belongs_to_who_came_last_with_this_browser(
    join: Join, service: PushService, database: Engine
) -> None:
    alice, bob = await join("alice"), await join("bobby")
    await switch_on(alice.browser, service.subscription("shared"))
    await switch_on(bob.browser, service.subscription("shared"))

    await bob.socket.posted("@alice")
    await alice.socket.posted("@bobby")

    assert (await service.arrived()).notice["body"] == "@bobby"
    assert await count(database, notice_browsers) == 1


async def test_nothing_is_noted_for_who_has_not_switched_notifications_on(join: Join, database: Engine) -> None:
    alice = await join("alice")
    await join("bobby")

    await alice.socket.posted("@bobby")

    assert await count(database, notices) == 0


async def test_the_servers_keys_are_made_once_encrypted_and_anew_with_another_secret(
    join: Join, serve: Serve, service: PushService, database: Engine
) -> None:
    alice = await join("alice")
    key = (await by(alice).ask("GET", "/api/notices"))["key"]
    other = await join("bobby", at=await serve())
    assert (await by(other).ask("GET", "/api/notices"))["key"] == key
    await switch_on(alice.browser, service.subscription())

    renewed = await join("carol", at=await serve(secret_key="another secret of tests, 32 characters or more"))
    assert (await by(renewed).ask("GET", "/api/notices"))["key"] != key
    assert (await count(database, notice_browsers), await count(database, push_keys)) == (0, 1)
