"""One's own account: name, colour, password."""

import pytest
from sqlalchemy import Engine, select

from app.db.schema import users
from tests.conftest import Serve
from tests.people.conftest import press
from tests.support.browsing import PASSWORD, Browser, Browsers, Open
from tests.support.sockets import open_socket

NEW = "another battery 7"


def looks(database: Engine) -> tuple[str, int | None]:
    with database.connect() as conn:
        name, hue = conn.execute(select(users.c.display_name, users.c.hue).where(users.c.login == "alice")).one()
    return name, hue


async def change_password(person: Browser, old: str = PASSWORD, new: str = NEW, again: str = NEW) -> int:
    fields = {"old_password": old, "password": new, "password2": again}
    return (await press(person, "/settings", "/settings/password", **fields)).status


async def test_a_new_name_and_colour_are_seen_by_others(alice: Browser, bob: Browser, database: Engine) -> None:
    answer = await alice.submit("/settings", display_name=" Alice  Moreau ", hue="7")

    assert (answer.status, answer.location) == (303, "/settings?done=looks")
    assert looks(database) == ("Alice Moreau", 7)
    listening = await open_socket(bob)
    await listening.until("presence")
    speaking = await open_socket(alice)
    hello = await speaking.until("hello")
    await speaking.posted("hi")
    author = {"id": 1, "login": "alice", "name": "Alice Moreau", "hue": 7, "admin": True}
    assert hello["user"] == author
    assert (await listening.until("presence", people=[author]))["here"]
    assert (await listening.until("message"))["author"] == author
    page = (await bob.ask("GET", "/")).text
    assert '"author": {"admin": true, "hue": 7, "id": 1, "login": "alice", "name": "Alice Moreau"}' in page
    assert '<span class="avatar" data-hue="7" aria-hidden="true">AM</span>' in page


async def test_a_colour_is_seen_from_another_process(
    alice: Browser, serve: Serve, open_browser: Open, database: Engine
) -> None:
    await alice.submit("/settings", display_name="Alice", hue="7")
    elsewhere = await serve()
    bob = open_browser(elsewhere)
    await bob.sign_up("bobby")
    listening = await open_socket(bob)
    await listening.until("presence")

    await (await open_socket(alice)).until("hello")

    author = {"id": 1, "login": "alice", "name": "Alice", "hue": 7, "admin": True}
    assert (await listening.until("presence", people=[author]))["here"]


async def test_automatic_is_by_the_id_and_not_told(alice: Browser, database: Engine) -> None:
    await alice.submit("/settings", display_name="Alice", hue="0")
    assert looks(database) == ("Alice", 0)

    await alice.submit("/settings", display_name="Alice", hue="")

    assert looks(database) == ("Alice", None)
    hello = await (await open_socket(alice)).until("hello")
    assert hello["user"] == {"id": 1, "login": "alice", "name": "Alice", "admin": True}
    assert '<span class="avatar" data-hue="1"' in (await alice.ask("GET", "/people")).text


@pytest.mark.parametrize("name", ["", "x" * 65, "a\u202eb", "\u200b"])
async def test_a_bad_name_is_refused_and_what_was_typed_is_kept(name: str, alice: Browser, database: Engine) -> None:
    answer = await alice.submit("/settings", display_name=name, hue="3")

    assert answer.status == 422
    assert answer.reason_at("display_name")
    assert answer.input("display_name")["value"] == name
    assert 'name="hue" value="3" checked' in answer.text
    assert looks(database) == ("alice", None)


@pytest.mark.parametrize("hue", ["12", "-1", "x", "１"])
async def test_other_colours_are_refused(hue: str, alice: Browser, database: Engine) -> None:
    answer = await alice.submit("/settings", display_name="Alice", hue=hue)

    assert answer.status == 422
    assert "Choose one of these colours." in answer.text
    assert looks(database) == ("alice", None)


async def test_a_new_password_counts_and_ends_all_other_sessions(alice: Browser, browser: Browsers) -> None:
    elsewhere = browser()
    await elsewhere.log_in("alice")
    socket = await open_socket(elsewhere)
    await socket.until("hello")

    assert await change_password(alice) == 303

    assert await socket.close_code() == 4001
    assert (await elsewhere.ask("GET", "/")).location == "/login?next=/"
    assert (await alice.ask("GET", "/")).status == 200
    assert (await elsewhere.log_in("alice")).status == 422
    assert (await elsewhere.log_in("alice", NEW)).status == 303


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"old": "wrong"}, "old_password"),
        ({"old": ""}, "old_password"),
        ({"new": "short", "again": "short"}, "password"),
        ({"new": "password", "again": "password"}, "password"),
        ({"again": "different one"}, "password2"),
    ],
)
async def test_a_password_is_not_changed_by_mistake(
    fields: dict[str, str], field: str, alice: Browser, browser: Browsers
) -> None:
    given = {"old": PASSWORD, "new": NEW, "again": NEW} | fields
    named = {"old_password": given["old"], "password": given["new"], "password2": given["again"]}

    answer = await press(alice, "/settings", "/settings/password", **named)

    assert answer.status == 422
    assert answer.input(field)["aria-invalid"] == "true"
    assert answer.reason_at(field)
    assert NEW not in answer.text
    assert (await browser().log_in("alice")).status == 303


async def test_guessing_the_old_password_is_throttled_as_logging_in_is(alice: Browser, browser: Browsers) -> None:
    statuses = [await change_password(alice, old=f"wrong guess {number}") for number in range(11)]

    assert statuses == [422] * 10 + [429]
    assert await change_password(alice) == 429
    await alice.sign_out()
    assert (await alice.log_in("alice")).status == 429
    assert (await browser().log_in("alice")).status == 303  # of the same network, and of no device with wrong guesses
