"""Who is in this chat: the list, the profiles, and who is here."""

import re

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import Engine, event, insert, update

from app.db.driver.engine import ENGINE
from app.db.schema import users
from tests.support.browsing import Browser, Browsers
from tests.support.sockets import open_socket


def names(page: str) -> list[str]:
    return re.findall(r'class="directory__name"><bdi>([^<]*)<', page)


def add(database: Engine, *people: tuple[str, str]) -> None:
    rows = [{"login": login, "display_name": name, "password_hash": "v1:none"} for login, name in people]
    with database.begin() as conn:
        conn.execute(insert(users), rows)


async def test_everybody_is_listed_by_name_page_by_page(alice: Browser, database: Engine) -> None:
    add(
        database,
        *((f"person{number:03}", f"{'Bea' if number % 2 else 'bea'} {number // 4:02}") for number in range(118)),
    )
    found, path, pages = [], "/people", 0

    while path:
        page = (await alice.ask("GET", path)).text
        found += re.findall(r'href="/people/(\w+)"', page)
        more = re.search(r'href="(/people\?after=\d+)"', page)
        path, pages = more[1] if more else "", pages + 1

    everybody = [login for login in found if login != "alice"]
    assert pages == 3
    assert found[0] == "alice"
    assert everybody == [f"person{number:03}" for number in range(118)]


async def test_a_page_takes_one_statement_for_all_people(alice: Browser, server: TestServer, database: Engine) -> None:
    add(database, *((f"person{number:03}", f"Person {number:03}") for number in range(60)))
    statements = []

    def listen(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(server.app[ENGINE].sync_engine, "before_cursor_execute", listen)
    await alice.ask("GET", "/people")

    assert len([each for each in statements if "FROM users" in each and "sessions" not in each]) == 1


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("MOREAU", ["Zoé Moreau"]),
        ("zoe_1", ["Zoé Moreau"]),
        ("ZOE_1", ["Zoé Moreau"]),
        ("%", []),
        ("e_1", ["Zoé Moreau"]),
        ("z_e", []),
        ("\0", ["alice", "Оксана", "Zoé Moreau"]),
        ("<b>", []),
    ],
)
async def test_people_are_found_by_a_part_of_name_or_login(
    wanted: str, found: list[str], alice: Browser, database: Engine
) -> None:
    add(database, ("zoe_1", "Zoé Moreau"), ("оксана", "Оксана"))

    quoted = "".join(f"%{byte:02x}" for byte in wanted.encode("utf-8", "surrogatepass"))
    page = await alice.ask("GET", f"/people?q={quoted}")

    assert page.status == 200
    assert sorted(names(page.text)) == sorted(found)
    assert "<b>" not in page.text
    assert bool(found) or "Try fewer letters" in page.text


@pytest.mark.parametrize("after", ["x", "-1", "", "9" * 30])
async def test_a_place_that_is_no_number_is_refused(after: str, alice: Browser) -> None:
    assert (await alice.ask("GET", "/people", params={"after": after})).status == 400


async def test_who_has_an_open_page_is_here(alice: Browser, browser: Browsers) -> None:
    bob = browser()
    await bob.sign_up("bobby")
    assert "here now" not in (await alice.ask("GET", "/people")).text

    socket = await open_socket(bob)
    await socket.until("presence")

    page = (await alice.ask("GET", "/people")).text
    assert page.count("here now") == 1
    assert "<dd>Here</dd>" in (await alice.ask("GET", "/people/bobby")).text
    assert "<dd>Not here</dd>" in (await alice.ask("GET", "/people/alice")).text


async def test_a_profile_tells_who_someone_is(alice: Browser, database: Engine) -> None:
    add(database, ("оксана", "Оксана <b>Гончар"))

    page = await alice.ask("GET", "/people/%D0%9E%D0%9A%D0%A1%D0%90%D0%9D%D0%90")

    assert page.status == 200
    assert "Оксана &lt;b&gt;Гончар" in page.text
    assert "<bdi>оксана</bdi>" in page.text
    assert "Member" in page.text


@pytest.mark.parametrize("login", ["nobody", "%00", "%ED%A0%80", "..%2fpeople"])
async def test_nobody_s_profile_is_not_found(login: str, alice: Browser) -> None:
    assert (await alice.ask("GET", f"/people/{login}")).status == 404


async def test_accounts_switched_off_are_listed_for_admins_alone(
    alice: Browser, browser: Browsers, database: Engine
) -> None:
    bob = browser()
    await bob.sign_up("bobby")
    add(database, ("gone", "Gone"))
    with database.begin() as conn:
        conn.execute(update(users).where(users.c.login == "gone").values(disabled_at=users.c.created_at))

    assert names((await alice.ask("GET", "/people")).text) == ["alice", "bobby", "Gone"]
    assert names((await bob.ask("GET", "/people")).text) == ["alice", "bobby"]
    assert (await bob.ask("GET", "/people/gone")).status == 200
