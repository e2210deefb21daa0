"""Files go through the real proxies with the lines that docs/DEPLOY.md has for them, and through worse ones."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from aiohttp import AddrInfoType, ClientError, ClientOSError, ClientPayloadError, ClientSession, TCPConnector
from aiohttp.test_utils import TestServer

from app.files.serving.service import ASK_AGAIN_S
from tests.files.conftest import Refused, Tus, tus
from tests.shipping.proxies import PROXIES, proxied
from tests.shipping.visiting import Elsewhere, Visitor, until_answered
from tests.support.browsing import Browser, Open
from tests.support.load import PATIENCE_S
from tests.support.processes import free_port, link_of_first, parley
from tests.support.proxy import Proxy, kept_on_the_way

MEGABYTE = 1024 * 1024
CONTENT = secrets.token_bytes(32 * MEGABYTE)
NARROW = 64 * 1024


def narrow(address: AddrInfoType) -> socket.socket:
    """A socket that holds little."""
    made = socket.socket(*address[:3])
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, NARROW)
    return made


@pytest.fixture(params=PROXIES)
async def alice(request: pytest.FixtureRequest, tmp_path: Path, used_folder: Path) -> AsyncIterator[Visitor]:
    """The browser of somebody with an account, behind a proxy."""
    port = free_port()
    with (
        parley(used_folder, PORT=str(port), PROXY_HOPS="1", FILE_MB="128") as running,
        proxied(request.param, tmp_path, port) as (address, process),
    ):
        link = link_of_first(await asyncio.to_thread(running.until_ready))
        await until_answered(f"{address}/readyz", process)
        alice = Visitor(Elsewhere(address))
        try:
            await alice.ask("GET", link)
            assert (await alice.sign_up("alice")).status == 303
            yield alice
        finally:
            await alice.session.close()


@pytest.fixture
async def uploads(alice: Visitor) -> Tus:
    return await tus(alice)


async def read(alice: Browser, file: str, **headers: str) -> bytes:
    async with alice.get(f"/files/{file}/name", headers=headers) as answer:
        assert answer.status == (206 if headers else 200)
        return await answer.read()


async def test_a_large_file_goes_up_in_one_request_and_down_again(alice: Visitor, uploads: Tus) -> None:
    file = await uploads.give(CONTENT, name="large.bin")

    assert await read(alice, file) == CONTENT
    assert await read(alice, file, Range=f"bytes={MEGABYTE}-{MEGABYTE + 9}") == CONTENT[MEGABYTE : MEGABYTE + 10]


async def test_what_came_before_a_cut_is_kept(alice: Visitor, uploads: Tus) -> None:
    file, half = await uploads.begin(len(CONTENT)), len(CONTENT) // 2

    async def cut() -> AsyncIterator[bytes]:
        yield CONTENT[:half]
        await arrived(uploads, file, half // 2)
        raise ConnectionResetError

    with pytest.raises(ClientOSError):
        await uploads.send(file, 0, cut(), Content_Length=str(len(CONTENT)))
    await go_on(uploads, file)

    assert await read(alice, file) == CONTENT


async def arrived(uploads: Tus, file: str, count: int) -> None:
    """Wait until so many bytes of a file have been kept."""
    async with asyncio.timeout(PATIENCE_S):
        while await uploads.offset(file) < count:
            pass


async def go_on(uploads: Tus, file: str) -> None:
    """As a client does: bytes of the cut request may still come in, then it asks again."""
    while True:
        at = await uploads.offset(file)
        assert at > 0
        try:
            await uploads.send(file, at, CONTENT[at:])
        except Refused as refused:
            assert refused == (409, "offset_conflict")  # noqa: PT017
        else:
            return


async def test_who_signs_out_while_they_read_is_cut_off(alice: Visitor, uploads: Tus) -> None:
    """So the proxy has not taken the rest meanwhile."""
    file = await uploads.give(secrets.token_bytes(kept_on_the_way() + 8 * MEGABYTE), name="large.bin")
    address = alice.make_url(f"/files/{file}/name")
    connector = TCPConnector(socket_factory=narrow, ssl=False)

    async with (
        ClientSession(connector=connector, cookie_jar=alice.session.cookie_jar) as session,
        session.get(address) as answer,
    ):
        await answer.content.readexactly(1024)
        await alice.sign_out()
        await asyncio.sleep(ASK_AGAIN_S)

        with pytest.raises(ClientPayloadError):
            await answer.read()


async def test_an_upload_ends_well_where_a_router_ends_every_request(server: TestServer, open_browser: Open) -> None:
    """Such as Heroku's, which has limits for the time that a request takes."""
    content, most = CONTENT[: 8 * MEGABYTE + 1], 3 * MEGABYTE
    async with Proxy(int(server.port or 0)) as router:
        alice = open_browser(Elsewhere(f"http://127.0.0.1:{router.port}"))
        assert (await alice.sign_up("alice")).status == 303
        uploads = await tus(alice)
        file, offsets = await uploads.begin(len(content)), [0]

        async def limited(at: int) -> AsyncIterator[bytes]:
            yield content[at : at + most]
            if at + most < len(content):
                await arrived(uploads, file, at + 1)
                router.cut()
                router.mend()

        while offsets[-1] < len(content):
            with suppress(ClientError, Refused):
                offsets.append(await uploads.offset(file))
                await uploads.send(file, offsets[-1], limited(offsets[-1]))

        assert offsets == sorted(offsets)
        assert len(offsets) > len(content) // most
        assert await read(alice, file) == content
