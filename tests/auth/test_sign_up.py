"""Creating an account, through the form."""

import asyncio

import pytest
from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.db.schema import memberships, rooms, users
from tests.auth.emails import verify
from tests.conftest import Serve
from tests.support.browsing import PASSWORD, Browser, Browsers, Open


def users_in(database: Engine) -> list[tuple[str, str, str | None, str]]:
    columns = (users.c.login, users.c.display_name, users.c.email, users.c.role)
    with database.connect() as conn:
        return [tuple(row) for row in conn.execute(select(*columns).order_by(users.c.id))]


async def test_new_account_is_stored_and_logged_in(browser: Browsers, database: Engine) -> None:
    alice = browser()

    answer = await alice.sign_up("Alice", email="Alice@Example.org", display_name=" Alice  Moreau ")

    assert (answer.status, answer.location) == (303, "/")
    assert users_in(database) == [("alice", "Alice Moreau", "alice@example.org", "admin")]
    assert (await alice.ask("GET", "/login")).location == "/"


async def test_display_name_is_the_login_as_typed_unless_given(browser: Browsers, database: Engine) -> None:
    await browser().sign_up("Оксана")

    assert users_in(database) == [("оксана", "Оксана", None, "admin")]


async def test_password_is_not_stored(alice: Browser, database: Engine) -> None:
    with database.connect() as conn:
        stored = conn.execute(select(users.c.password_hash)).scalar_one()

    assert stored.startswith("v1:$2b$")
    assert PASSWORD not in stored


async def test_only_the_first_account_is_admin_however_many_come_at_once(browser: Browsers, database: Engine) -> None:
    people = [browser() for _ in range(8)]

    answers = await asyncio.gather(*(person.sign_up(f"person{i}") for i, person in enumerate(people)))

    assert {answer.status for answer in answers} == {303}
    assert sorted(role for *_, role in users_in(database)) == ["admin"] + ["member"] * 7


async def test_same_login_at_once_is_created_once(browser: Browsers, database: Engine) -> None:
    people = [browser() for _ in range(6)]

    answers = await asyncio.gather(*(person.sign_up("alice") for person in people))

    assert sorted(answer.status for answer in answers) == [303] + [422] * 5
    assert len(users_in(database)) == 1


async def test_new_account_joins_the_rooms_for_everyone_with_nothing_unread(
    browser: Browsers, database: Engine
) -> None:
    with database.begin() as conn:
        conn.execute(update(rooms).values(last_seq=57, last_rev=60))
        conn.execute(insert(rooms).values(kind="open", name="found by who looks for it"))
        conn.execute(insert(rooms).values(kind="closed", name="secret"))
        conn.execute(insert(rooms).values(kind="direct", direct_key="1:2"))

    await browser().sign_up("alice")

    with database.connect() as conn:
        rows = conn.execute(select(memberships.c.room_id, memberships.c.user_id, memberships.c.read_seq)).all()
    assert [tuple(row) for row in rows] == [(1, 1, 57)]


@pytest.mark.parametrize("typed", ["alice", "Alice", "ＡＬＩＣＥ", " alice "])
async def test_taken_login_is_refused_beside_its_field(typed: str, alice: Browser, browser: Browsers) -> None:
    answer = await browser().sign_up(typed, email="other@example.org")

    assert answer.status == 422
    assert answer.reason_at("login") == f"“{typed.strip()}” is taken. Try another."
    assert answer.input("login")["aria-invalid"] == "true"
    assert "autofocus" in answer.input("login")


async def test_an_email_that_somebody_else_typed_does_not_block_its_owner(
    alice: Browser, browser: Browsers, database: Engine
) -> None:
    await browser().sign_up("bobby", email="carol@example.org")

    assert (await browser().sign_up("carol", email="Carol@example.org")).status == 303
    assert [row[2] for row in users_in(database)] == [None, "carol@example.org", "carol@example.org"]


async def test_sign_up_does_not_show_whose_email_is_verified(
    alice: Browser, browser: Browsers, database: Engine
) -> None:
    await browser().sign_up("carol", email="carol@example.org")
    verify(database, "carol")

    assert (await browser().sign_up("bobby", email="carol@example.org")).status == 303


async def test_an_email_is_verified_by_one_account_only(alice: Browser, browser: Browsers, database: Engine) -> None:
    for login in ("bobby", "carol"):
        await browser().sign_up(login, email="carol@example.org")
    verify(database, "carol")

    with pytest.raises(IntegrityError, match="users_verified_email_key"):
        verify(database, "bobby")


async def test_accounts_without_email_do_not_collide(alice: Browser, browser: Browsers) -> None:
    assert (await browser().sign_up("bob")).status == 303


async def test_all_mistakes_are_told_at_once_and_what_was_typed_is_kept(browser: Browsers, database: Engine) -> None:
    fields = {"login": "<b>", "display_name": "a\u202eb", "email": 'x"y', "password": "short", "password2": "other"}

    answer = await browser().submit("/signin", **fields)

    assert answer.status == 422
    assert all(answer.reason_at(name) for name in ("login", "display_name", "email", "password"))
    assert [answer.input(name)["value"] for name in ("login", "display_name", "email")] == ["<b>", "a\u202eb", 'x"y']
    assert "value" not in answer.input("password")
    assert "value" not in answer.input("password2")
    assert "short" not in answer.text
    assert "<b>" not in answer.text
    assert users_in(database) == []


async def test_focus_is_on_the_first_wrong_field_only(browser: Browsers) -> None:
    answer = await browser().submit("/signin", login="alice", password=PASSWORD, password2="different one")

    names = ("login", "display_name", "email", "password", "password2")
    assert [name for name in names if "autofocus" in answer.input(name)] == ["password2"]
    assert [name for name in names if "aria-invalid" in answer.input(name)] == ["password2"]


@pytest.mark.parametrize("password", ["password", "жизнь м", "x" * 1025, " " * 8, "alicemoreau", "Alice@Example.org"])
async def test_weak_password_is_refused(password: str, browser: Browsers, database: Engine) -> None:
    answer = await browser().sign_up("alicemoreau", password, email="alice@example.org")

    assert answer.status == 422
    assert answer.reason_at("password")
    assert users_in(database) == []


async def test_passwords_are_masked_and_a_password_manager_may_fill_them_in(alice: Browser, browser: Browsers) -> None:
    stranger = browser()

    for person, path, name, kind in (
        (stranger, "/login", "password", "current-password"),
        (stranger, "/signin", "password", "new-password"),
        (stranger, "/signin", "password2", "new-password"),
        (alice, "/settings", "old_password", "current-password"),
        (alice, "/settings", "password", "new-password"),
    ):
        field = (await person.ask("GET", path)).input(name)
        assert (field["type"], field["autocomplete"]) == ("password", kind), (path, name)
        assert "maxlength" not in field


async def test_password_of_1024_characters_works_from_form_to_form(browser: Browsers) -> None:
    long = "correct horse " * 73 + "is"

    assert (await browser().sign_up("alice", long)).status == 303
    assert (await browser().log_in("alice", long)).status == 303
    assert (await browser().log_in("alice", long[:-1])).status == 422


async def test_one_address_creates_so_many_accounts_an_hour(serve: Serve, open_browser: Open, database: Engine) -> None:
    server = await serve(sign_ups_per_hour=2)
    people = [open_browser(server) for _ in range(3)]

    answers = [await person.sign_up(f"person{i}") for i, person in enumerate(people)]

    assert [answer.status for answer in answers] == [303, 303, 429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 3600
    assert answers[-1].input("login")["value"] == "person2"
    assert len(users_in(database)) == 2
