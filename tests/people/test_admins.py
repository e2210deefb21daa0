"""What admins do about accounts; there is always one left."""

import asyncio

import pytest
from sqlalchemy import Engine, select, update

from app.db.schema import instance, users
from tests.people.conftest import press
from tests.support.browsing import Browser, Browsers
from tests.support.locks import until_waiting
from tests.support.sockets import open_socket

LAST = "This is the last administrator."


def roles(database: Engine) -> dict[str, tuple[str, bool]]:
    """By login: the role, and whether the account is on."""
    with database.connect() as conn:
        rows = conn.execute(select(users.c.login, users.c.role, users.c.disabled_at)).all()
    return {login: (role, disabled_at is None) for login, role, disabled_at in rows}


async def test_an_admin_makes_another_who_may_do_the_same_at_once(
    alice: Browser, bob: Browser, database: Engine
) -> None:
    answer = await press(alice, "/people/bobby", "/people/bobby/role/admin")

    assert (answer.status, answer.location) == (303, "/people/bobby")
    assert (await press(bob, "/people/alice", "/people/alice/role/member")).status == 303
    assert roles(database) == {"alice": ("member", True), "bobby": ("admin", True)}
    assert (await alice.ask("GET", "/settings/chat")).status == 403


async def test_a_disabled_account_is_out_at_once_and_comes_back_when_enabled(
    alice: Browser, bob: Browser, database: Engine
) -> None:
    socket = await open_socket(bob)
    await socket.until("hello")

    assert (await press(alice, "/people/bobby", "/people/bobby/disable")).status == 303

    assert await socket.close_code() == 4001
    assert (await bob.ask("GET", "/")).location == "/login?next=/"
    assert (await bob.log_in("bobby")).status == 403
    assert (await press(alice, "/people/bobby", "/people/bobby/enable")).status == 303
    assert (await bob.ask("GET", "/")).location == "/login?next=/"
    assert (await bob.log_in("bobby")).status == 303
    assert roles(database)["bobby"] == ("member", True)


@pytest.mark.parametrize("action", ["disable", "role/member"])
async def test_the_last_admin_stays(action: str, alice: Browser, bob: Browser, database: Engine) -> None:
    answer = await press(alice, "/people/bobby", f"/people/alice/{action}")

    assert answer.status == 409
    assert LAST in answer.text
    assert roles(database)["alice"] == ("admin", True)
    assert (await alice.ask("GET", "/settings/chat")).status == 200


async def test_an_admin_who_is_switched_off_does_not_count_as_one(
    alice: Browser, bob: Browser, database: Engine
) -> None:
    with database.begin() as conn:
        bobby = update(users).where(users.c.login == "bobby")
        conn.execute(bobby.values(role="admin", disabled_at=users.c.created_at))

    assert (await press(alice, "/people/bobby", "/people/alice/role/member")).status == 409


@pytest.mark.parametrize("action", ["disable", "role/member"])
async def test_two_admins_who_remove_each_other_at_once_leave_one(
    action: str, alice: Browser, bob: Browser, database: Engine
) -> None:
    for _ in range(5):
        with database.begin() as conn:
            conn.execute(update(users).values(role="admin", disabled_at=None))
        for login, person in (("alice", alice), ("bobby", bob)):
            if (await person.ask("GET", "/")).status != 200:
                assert (await person.log_in(login)).status == 303
        forms = [(await person.ask("GET", "/settings")).hidden for person in (alice, bob)]

        answers = await asyncio.gather(
            alice.ask("POST", f"/people/bobby/{action}", data=forms[0]),
            bob.ask("POST", f"/people/alice/{action}", data=forms[1]),
        )

        assert sum(answer.status == 303 for answer in answers) == 1
        assert sorted(roles(database).values()).count(("admin", True)) == 1


async def test_members_may_do_none_of_it(alice: Browser, bob: Browser, database: Engine) -> None:
    for action in ("role/admin", "role/member", "disable", "enable"):
        answer = await press(bob, "/settings", f"/people/bobby/{action}")

        assert answer.status == 403
        assert "Only an administrator of this chat may do that." in answer.text
    assert "As an administrator" not in (await bob.ask("GET", "/people/alice")).text
    assert roles(database)["bobby"] == ("member", True)


async def test_nobody_s_account_and_no_such_role_are_not_found(alice: Browser, browser: Browsers) -> None:
    assert (await press(alice, "/settings", "/people/nobody/disable")).status == 404
    assert (await press(alice, "/settings", "/people/alice/role/owner")).status == 404


async def test_switching_an_account_off_is_asked_for_by_name_before_it_is_done(
    alice: Browser, bob: Browser, browser: Browsers
) -> None:
    await bob.submit("/settings", display_name="Bob <B>", hue="")
    assert 'href="/people/bobby/disable"' in (await alice.ask("GET", "/people/bobby")).text

    asked = await alice.ask("GET", "/people/bobby/disable")

    assert asked.status == 200
    assert "Switch off the account of <bdi>Bob &lt;B&gt;</bdi>?" in asked.text
    assert '<a href="/people/bobby">Cancel</a>' in asked.text
    assert (await bob.ask("GET", "/settings")).status == 200  # nothing has happened yet
    done = await alice.submit("/people/bobby/disable")
    assert (done.status, done.location) == (303, "/people/bobby")
    assert (await bob.ask("GET", "/settings")).status == 303
    assert (await alice.ask("GET", "/people/bobby/disable")).location == "/people/bobby"


async def test_who_is_no_admin_is_not_asked(alice: Browser, bob: Browser) -> None:
    assert (await bob.ask("GET", "/people/alice/disable")).status == 403
    assert (await bob.ask("GET", "/settings/chat/invitations/1/revoke")).status == 403
    assert (await alice.ask("GET", "/people/nobody/disable")).status == 404


async def test_switching_an_account_off_does_not_lock_itself_out_with_who_adds_its_owner_to_a_room(
    alice: Browser, bob: Browser, database: Engine
) -> None:
    with database.begin() as joining:
        joining.execute(update(instance).values(lists_rev=instance.c.lists_rev + 1))
        disabling = asyncio.create_task(press(alice, "/people/bobby", "/people/bobby/disable"))
        await until_waiting(database)
        joining.execute(update(users).where(users.c.login == "bobby").values(lists_rev=7))

    assert (await disabling).status == 303
    assert roles(database)["bobby"] == ("member", False)
