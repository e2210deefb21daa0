"""The first account is the administrator's: on this machine anybody makes it, from elsewhere whom the operator asks."""

import asyncio
import re
import signal
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, select

from app.db.first_admin import invite_first_admin
from app.db.schema import audit, users
from tests.conftest import Serve, url_of
from tests.recovery.test_command_line import run
from tests.support.browsing import PASSWORD, Browser, Browsers, Open
from tests.support.processes import free_port, parley

ELSEWHERE = (
    {"Host": "chat.example.org"},
    {"Host": "chat.example.org", "X-Forwarded-For": "192.0.2.1"},
    {"X-Forwarded-For": "192.0.2.1"},
    {"X-Forwarded-Proto": "https"},
    {"X-Real-IP": "192.0.2.1"},
    {"Forwarded": "for=192.0.2.1"},
    {"Via": "1.1 proxy"},
)


def roles(database: Engine) -> list[str]:
    with database.connect() as conn:
        return [*conn.scalars(select(users.c.role).order_by(users.c.id))]


async def test_on_this_machine_the_first_account_is_the_administrators(browser: Browsers, database: Engine) -> None:
    for login in ("alice", "bobby"):
        assert (await browser().sign_up(login)).status == 303

    assert roles(database) == ["admin", "member"]


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
async def test_a_stranger_from_elsewhere_is_not_the_first(
    headers: dict[str, str], browser: Browsers, database: Engine
) -> None:
    stranger = browser(**headers)

    shown = await stranger.ask("GET", "/signin")
    form = (await stranger.ask("GET", "/login")).hidden
    twice = {"password": PASSWORD, "password2": PASSWORD}
    sent = await stranger.ask("POST", "/signin", data={**form, "login": "mallory", **twice})

    assert (shown.status, sent.status) == (403, 403)
    assert "invite --admin" in shown.text
    assert roles(database) == []


@pytest.mark.parametrize("settings", [{"public_url": "https://chat.example.org"}, {"proxy_hops": 1}], ids=str)
async def test_whoever_is_reached_from_elsewhere_takes_no_stranger_even_from_this_machine(
    settings: dict[str, object], serve: Serve, open_browser: Open, database: Engine
) -> None:
    assert (await open_browser(await serve(**settings)).ask("GET", "/signin")).status == 403


async def test_a_proxy_that_says_nothing_shows_itself_by_its_http(server: TestServer) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"GET /signin HTTP/1.0\r\nHost: 127.0.0.1:%d\r\n\r\n" % (server.port or 0))

    answer = await reader.read()
    writer.close()

    assert answer.startswith(b"HTTP/1.0 403")


async def test_the_link_of_a_start_makes_one_administrator_and_then_none(
    browser: Browsers, database: Engine, first_link: str
) -> None:
    url = url_of(database)
    first, second = first_link, str(invite_first_admin(url, ""))
    alice, bob = browser(Host="chat.example.org"), browser(Host="chat.example.org")
    await alice.ask("GET", first)
    await bob.ask("GET", second)

    assert (await alice.sign_up("alice")).status == 303
    again = await bob.sign_up("bobby")

    assert again.status == 303  # by now anybody may come, as a member
    assert roles(database) == ["admin", "member"]
    assert invite_first_admin(url, "") is None


async def test_a_link_of_a_start_makes_nobody_an_administrator_where_there_is_one(
    first_link: str, alice: Browser, browser: Browsers, database: Engine
) -> None:
    bob = browser()
    await bob.ask("GET", first_link)

    assert (await bob.sign_up("bobby")).status == 303

    assert roles(database) == ["admin", "member"]


async def test_the_command_makes_links_for_an_administrator_and_for_a_member(
    browser: Browsers, database: Engine
) -> None:
    refused = run(database, "invite")
    assert (refused.returncode, "--admin" in refused.stderr) == (2, True)

    for login, words in (("alice", ["--admin"]), ("bobby", []), ("carol", ["--admin"])):
        done = run(database, "invite", *words, PUBLIC_URL="https://chat.example.org")
        found = re.fullmatch(r"https://chat\.example\.org(/invite/[\w-]{43})\n", done.stdout)
        assert found is not None, done.stderr
        person, late = browser(Host="chat.example.org"), browser(Host="chat.example.org")
        await person.ask("GET", found[1])
        assert (await person.sign_up(login)).status == 303
        await late.ask("GET", found[1])
        assert "admin" not in (await late.sign_up(f"late-{login}")).text

    assert roles(database) == ["admin", "member", "member", "member", "admin", "member"]
    with database.connect() as conn:
        written = conn.execute(select(audit.c.actor_id, audit.c.action, audit.c.detail).order_by(audit.c.id)).all()
    assert [tuple(row) for row in written] == [(None, "invited", role) for role in ("admin", "member", "admin")]


def test_a_start_prints_the_link_until_there_is_an_administrator(used_folder: Path) -> None:
    port = str(free_port())
    for settings in ({"HOST": "0.0.0.0"}, {"PUBLIC_URL": "https://chat.example.org"}):
        with parley(used_folder, PORT=port, **settings) as running:
            lines = running.until_ready()
            running.send(signal.SIGTERM)
            running.until_ended()

        begin = settings.get("PUBLIC_URL", f"http://localhost:{port}")
        (shown,) = [line for line in lines if "/invite/" in line]
        assert re.search(rf"{re.escape(begin)}/invite/[\w-]{{43}}$", shown)


def test_a_start_for_this_machine_alone_prints_none(used_folder: Path) -> None:
    with parley(used_folder) as running:
        assert not any("/invite/" in line for line in running.until_ready())
