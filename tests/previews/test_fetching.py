"""What a link leads to is fetched within bounds, and nothing that only this server can reach."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from app.previews import fetching
from app.previews.fetching import Fetched, Fetcher, NotFetched
from tests.previews.conftest import PRIVATE, Site, answers, is_public_here, leads_to
from tests.support.proxy import kept_on_the_way


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(is_public_here) as made:
        yield made


async def test_a_page_is_fetched_with_what_its_header_says(fetcher: Fetcher, site: Site) -> None:
    address = await site({"/": answers("<title>hi</title>")})

    page = await fetcher.fetch(f"{address}/#place")

    assert page == Fetched(page.url, "text/html", "utf-8", b"<title>hi</title>", True)


async def test_redirects_are_followed_five_times_and_no_more(fetcher: Fetcher, site: Site) -> None:
    steps = {f"/{n}": leads_to(f"/{n - 1}") for n in range(1, 7)}
    address = await site({"/0": answers("end"), **steps})

    assert (await fetcher.fetch(f"{address}/5")).body == b"end"
    with pytest.raises(NotFetched, match="too many redirects"):
        await fetcher.fetch(f"{address}/6")


async def test_a_private_address_is_asked_neither_at_once_nor_after_a_redirect(fetcher: Fetcher, site: Site) -> None:
    asked: list[str] = []

    async def secret(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(text="secret")

    inside = await site({"/": secret}, at=PRIVATE)
    port = inside.rpartition(":")[2]
    forms = [inside, f"http://localhost:{port}", f"http://[::1]:{port}", f"http://[::ffff:127.0.0.1]:{port}"]
    forms += [f"http://{host}:{port}" for host in ("127.1", "2130706433", "0x7f.1", "017700000001", "127.0.0.1.")]
    outside = await site({f"/{n}": leads_to(form) for n, form in enumerate(forms)})

    for n, form in enumerate(forms):
        for url in (form, f"{outside}/{n}"):
            with pytest.raises(NotFetched):
                await fetcher.fetch(url)
    assert asked == []


@pytest.mark.parametrize("url", ["ftp://127.0.0.2/", "file:///etc/hostname", "http://me:secret@127.0.0.2/", "http://"])
async def test_what_is_no_plain_address_of_the_web_is_not_asked(url: str, fetcher: Fetcher) -> None:
    with pytest.raises(NotFetched):
        await fetcher.fetch(url)


async def test_a_redirect_to_another_scheme_is_not_followed(fetcher: Fetcher, site: Site) -> None:
    address = await site({"/": leads_to("file:///etc/hostname")})

    with pytest.raises(NotFetched, match="no address of the web"):
        await fetcher.fetch(address)


async def test_no_more_than_a_megabyte_is_read(fetcher: Fetcher, site: Site) -> None:
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(bytes(65_536))
            sent += 65_536

    address = await site({"/": endless, "/whole": answers(body=bytes(fetching.MAX_BYTES), text=None)})

    page = await fetcher.fetch(address)
    assert (len(page.body), page.is_whole) == (fetching.MAX_BYTES, False)
    assert sent < 2 * fetching.MAX_BYTES + kept_on_the_way()
    assert (await fetcher.fetch(f"{address}/whole")).is_whole


async def test_who_answers_too_slowly_is_given_up(
    fetcher: Fetcher, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "FETCH_S", 0.2)
    ended = asyncio.Event()

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while not ended.is_set():
            await response.write(b".")
            await asyncio.sleep(0.01)
        return response

    address = await site({"/": drip})
    with pytest.raises(NotFetched, match="TimeoutError"):
        await fetcher.fetch(address)
    ended.set()


async def test_what_is_packed_is_not_unpacked(fetcher: Fetcher, site: Site) -> None:
    address = await site({"/": answers("x", headers={"Content-Encoding": "gzip"})})

    with pytest.raises(NotFetched, match="packed"):
        await fetcher.fetch(address)


@pytest.mark.parametrize("status", [204, 304, 403, 404, 500])
async def test_what_is_no_success_gives_nothing(status: int, fetcher: Fetcher, site: Site) -> None:
    address = await site({"/": answers("x", status=status)})

    with pytest.raises(NotFetched, match=f"status {status}"):
        await fetcher.fetch(address)


async def test_no_cookie_is_kept_and_nothing_is_told_about_the_reader(fetcher: Fetcher, site: Site) -> None:
    seen: list[dict[str, str]] = []

    async def note(request: web.Request) -> web.Response:
        seen.append(dict(request.headers))
        return web.Response(headers={"Set-Cookie": "a=b"})

    address = await site({"/": note})
    for _ in range(2):
        await fetcher.fetch(address)

    assert [headers for headers in seen if {"Cookie", "Referer", "Authorization"} & headers.keys()] == []
