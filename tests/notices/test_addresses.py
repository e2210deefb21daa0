"""A browser names the address of its push service: only what it may be is taken, and nothing else is ever asked."""

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.chat.conftest import Join
from tests.conftest import Serve
from tests.notices.service import PushService, answers, switch_on
from tests.rooms.conftest import Denied, by
from tests.search.conftest import becomes


@pytest.fixture
async def server(serve: Serve) -> TestServer:
    return await serve(notify_after_s=0)


@pytest.mark.parametrize(
    "endpoint",
    [
        *("http://push.example.org/1", "http://192.168.1.1/1", "http://localhost/1", "ftp://push.example.org/1"),
        *("https://", "https:///1", "//push.example.org/1", "push.example.org", "", "javascript:alert(1)"),
        *("https://me@push.example.org/1", "https://me:secret@push.example.org/1", "https://push.example.org/1#2"),
        *("https://push.example.org:99999/1", "https://push.exämple.org/1", "https://[::1/1"),
    ],
)
async def test_an_address_that_is_none_of_a_push_service_is_refused(
    endpoint: str, join: Join, service: PushService
) -> None:
    alice = await join("alice")

    with pytest.raises(Denied) as refusal:
        await switch_on(alice.browser, service.subscription() | {"endpoint": endpoint})
    assert refusal.value == (400, "bad_command")
    assert (await by(alice).ask("GET", "/api/notices"))["endpoint"] is None


@pytest.mark.parametrize(
    "keys",
    [
        *({"p256dh": ""}, {"p256dh": "B" + "A" * 86}, {"p256dh": "💥"}, {"p256dh": "A"}),
        *({"auth": ""}, {"auth": "AAAA"}, {"auth": "B" * 24}, {"auth": "é"}),
    ],
)
async def test_keys_that_are_none_are_refused(keys: dict[str, str], join: Join, service: PushService) -> None:
    alice = await join("alice")

    with pytest.raises(Denied) as refusal:
        await switch_on(alice.browser, service.subscription() | keys)
    assert refusal.value == (400, "bad_command")


async def test_a_private_address_is_never_asked(
    join: Join, service: PushService, caplog: pytest.LogCaptureFixture
) -> None:
    """Here nothing lets this machine's own addresses count as public."""
    caplog.set_level("INFO", "app.notices.sending")
    alice, bob = await join("alice"), await join("bobby")
    await switch_on(bob.browser, service.subscription())

    await alice.socket.posted("@bobby")
    await becomes(lambda: _outcomes(caplog), ["refused not a public address"])

    assert service.asked == 0


async def test_a_name_that_leads_to_a_private_address_is_not_asked_either(
    join: Join, service: PushService, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "app.notices.sending")
    alice, bob = await join("alice"), await join("bobby")
    await switch_on(bob.browser, service.subscription() | {"endpoint": "https://localhost:443/push/1"})

    await alice.socket.posted("@bobby")
    await becomes(lambda: _outcomes(caplog), ["failed ClientConnectorDNSError"])


async def test_a_redirect_is_not_followed(quick: None, serve: Serve, join: Join, service: PushService) -> None:
    there = await serve(notify_after_s=0)
    alice, bob = await join("alice", at=there), await join("bobby", at=there)
    await switch_on(bob.browser, service.subscription("first"))
    asked: list[str] = []

    async def lead_on(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        return web.Response(status=307, headers={"Location": "/push/second"})

    service.answer = lead_on
    await alice.socket.posted("@bobby")
    await becomes(lambda: _asked(asked), ["/push/first"])
    service.answer = answers(201)
    await alice.socket.posted("@bobby again")

    assert (await service.arrived()).notice["body"] == "@bobby again"
    assert service.asked == 2


async def _outcomes(caplog: pytest.LogCaptureFixture) -> list[str]:
    given = [vars(record)["fields"] for record in caplog.records if record.name == "app.notices.sending"]
    return [f"{each['outcome']} {each['reason']}" for each in given]


async def _asked(asked: list[str]) -> list[str]:
    return asked
