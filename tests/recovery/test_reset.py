"""A new password by a link that an admin makes: once, within an hour, by who has it and by nobody else."""

import asyncio
import hashlib

import pytest
from sqlalchemy import Engine, func, select, update

from app.db.schema import account_links
from tests.conftest import Serve
from tests.recovery.conftest import NEW, RESET_LINK, MakeLink
from tests.support.browsing import Browser, Browsers, Open
from tests.support.sockets import open_socket

TWICE = {"password": NEW, "password2": NEW}


async def test_a_link_gives_a_new_password_and_ends_all_sessions(
    bob: Browser, link_for_bob: MakeLink, browser: Browsers
) -> None:
    socket = await open_socket(bob)
    await socket.until("hello")
    link, stranger = await link_for_bob(), browser()

    page = await stranger.ask("GET", link)
    answer = await stranger.submit(link, **TWICE)

    assert page.input("login")["value"] == "bobby"
    assert (answer.status, "Password changed" in answer.text) == (200, True)
    assert await socket.close_code() == 4001
    assert (await bob.ask("GET", "/")).location == "/login?next=/"
    assert (await stranger.ask("GET", "/")).location == "/login?next=/"
    assert (await bob.log_in("bobby")).status == 422
    assert (await bob.log_in("bobby", NEW)).status == 303


async def test_a_link_works_once_however_many_use_it_at_once(link_for_bob: MakeLink, browser: Browsers) -> None:
    link, people = await link_for_bob(), [browser() for _ in range(4)]
    forms = [await person.ask("GET", link) for person in people]

    answers = await asyncio.gather(
        *(person.ask("POST", link, data=form.hidden | TWICE) for person, form in zip(people, forms, strict=True))
    )

    assert sorted(answer.status for answer in answers) == [200, 410, 410, 410]
    assert (await browser().ask("GET", link)).status == 410


async def test_a_link_ends_after_an_hour(link_for_bob: MakeLink, browser: Browsers, database: Engine) -> None:
    link = await link_for_bob()
    with database.begin() as conn:
        lifetime = (account_links.c.expires_at - account_links.c.created_at).label("lifetime")
        assert abs(conn.execute(select(func.extract("epoch", lifetime))).scalar_one() - 3600) < 1
        conn.execute(update(account_links).values(expires_at=func.clock_timestamp()))

    assert (await browser().ask("GET", link)).status == 410


async def test_a_link_that_was_used_ends_all_others_of_its_person(link_for_bob: MakeLink, browser: Browsers) -> None:
    first, second = await link_for_bob(), await link_for_bob()

    assert (await browser().submit(second, **TWICE)).status == 200

    assert (await browser().ask("GET", first)).status == 410


async def test_a_password_that_is_refused_leaves_the_link_good(link_for_bob: MakeLink, browser: Browsers) -> None:
    link, stranger = await link_for_bob(), browser()

    short = await stranger.submit(link, password="short", password2="short")
    differs = await stranger.submit(link, password=NEW, password2="another")
    good = await stranger.submit(link, **TWICE)

    assert (short.status, differs.status, good.status) == (422, 422, 200)
    assert short.reason_at("password")
    assert differs.reason_at("password2")
    assert NEW not in differs.text


async def test_only_the_hash_of_a_link_is_stored(link_for_bob: MakeLink, database: Engine) -> None:
    token = (await link_for_bob()).rpartition("/")[2]

    with database.connect() as conn:
        row = conn.execute(select(account_links)).one()

    assert row.token_hash == hashlib.sha256(token.encode()).digest()
    assert token not in str(row)


async def test_a_link_is_shown_once(alice: Browser, link_for_bob: MakeLink) -> None:
    await link_for_bob()

    assert "/reset/" not in (await alice.ask("GET", RESET_LINK)).text


@pytest.mark.parametrize("token", ["x", "A" * 43, "%00", "%ff", "é"])
async def test_other_tokens_open_nothing(token: str, alice: Browser, browser: Browsers) -> None:
    assert (await browser().ask("GET", f"/reset/{token}")).status == 410


async def test_only_admins_make_links(alice: Browser, bob: Browser, browser: Browsers) -> None:
    form = await bob.ask("GET", "/settings")

    for person, status in ((bob, 403), (browser(), 303)):
        assert (await person.ask("GET", "/people/alice/reset-link")).status == status
    assert (await bob.ask("POST", "/people/alice/reset-link", data=form.hidden)).status == 403
    assert "reset-link" not in (await bob.ask("GET", "/people/alice")).text
    assert "reset-link" in (await alice.ask("GET", "/people/bobby")).text


async def test_who_was_locked_out_by_wrong_passwords_comes_in_by_a_link(
    bob: Browser, link_for_bob: MakeLink, browser: Browsers
) -> None:
    for guess in range(10):
        await browser().log_in("bobby", f"wrong guess {guess}")
    assert (await browser().log_in("bobby", "wrong guess")).status == 429

    await browser().submit(await link_for_bob(), **TWICE)

    assert (await browser().log_in("bobby", NEW)).status == 303


async def test_a_link_of_an_account_that_is_switched_off_lets_nobody_in(
    alice: Browser, link_for_bob: MakeLink, browser: Browsers, database: Engine
) -> None:
    link = await link_for_bob()
    await alice.submit("/people/bobby/disable")

    await browser().submit(link, **TWICE)

    assert (await browser().log_in("bobby", NEW)).status == 403


async def test_a_link_made_in_one_process_works_in_another(
    link_for_bob: MakeLink, serve: Serve, open_browser: Open
) -> None:
    elsewhere = open_browser(await serve())

    assert (await elsewhere.submit(await link_for_bob(), **TWICE)).status == 200

    assert (await elsewhere.log_in("bobby", NEW)).status == 303
