"""Nobody new passes for somebody who is here; who is here keeps what they have."""

import pytest
from sqlalchemy import Engine, select, update

from app.db.schema import users
from tests.people.conftest import press
from tests.support.browsing import Browser, Browsers

TWINS = ("ɑlice", "a1ice", "al1ce", "aIice", "alice.", "a-l.i_ce", "аӏісе", "álice")
ADMINS = "name of an administrator"


async def named(browser: Browsers, login: str, name: str) -> Browser:
    person = browser()
    answer = await person.sign_up(login, display_name=name)
    assert answer.status == 303, answer.text
    return person


def namesakes(database: Engine) -> set[str]:
    with database.connect() as conn:
        return {*conn.scalars(select(users.c.login).where(users.c.namesake))}


@pytest.mark.parametrize("typed", TWINS)
async def test_a_login_that_looks_like_anothers_is_refused_with_a_sentence(
    typed: str, alice: Browser, browser: Browsers
) -> None:
    answer = await browser().sign_up(typed)

    assert answer.status == 422
    assert answer.reason_at("login") == f"“{typed}” looks like the login of somebody else. Try another."
    assert answer.input("login")["value"] == typed


async def test_the_same_login_is_taken_and_another_is_free(alice: Browser, browser: Browsers) -> None:
    assert "is taken" in (await browser().sign_up("alice")).reason_at("login")
    for login in ("alica", "alice2", "malice", "bobby"):
        assert (await browser().sign_up(login)).status == 303


async def test_who_looks_like_another_from_before_keeps_the_login(
    alice: Browser, browser: Browsers, database: Engine
) -> None:
    await browser().sign_up("former")
    with database.begin() as conn:
        conn.execute(update(users).where(users.c.login == "former").values(login="a1ice", skeleton=None))

    assert (await browser().log_in("a1ice")).status == 303
    assert (await browser().sign_up("al1ce")).status == 422


@pytest.mark.parametrize("name", ["Admin One", "The Аdministrator", "sys-tem", "Moderator (adm1n)"])
async def test_a_title_stands_in_no_name_but_an_admins(name: str, alice: Browser, browser: Browsers) -> None:
    bob = await named(browser, "bobby", "Bob")

    for answer in (
        await browser().sign_up("carol", display_name=name),
        await bob.submit("/settings", display_name=name, hue=""),
    ):
        assert answer.status == 422
        assert answer.reason_at("display_name").startswith("Only administrators may have such a word")
    assert (await alice.submit("/settings", display_name=name, hue="")).status == 303


@pytest.mark.parametrize("name", ["Ann Moreau", "ann  moreau.", "Аnn Moreаu", "Ann M0reau", "alice", "A1ice"])
async def test_a_name_that_looks_like_an_admins_name_or_login_is_refused(
    name: str, alice: Browser, browser: Browsers
) -> None:
    await alice.submit("/settings", display_name="Ann Moreau", hue="")
    bob = await named(browser, "bobby", "Bob")

    for answer in (
        await browser().sign_up("carol", display_name=name),
        await bob.submit("/settings", display_name=name, hue=""),
    ):
        assert answer.status == 422
        assert ADMINS in answer.reason_at("display_name")
    assert (await bob.submit("/settings", display_name="Ann Moreau of Lille", hue="")).status == 303
    assert (await alice.submit("/settings", display_name="Ann Moreau", hue="3")).status == 303


async def test_two_members_may_have_one_name_and_both_are_known_as_namesakes(
    alice: Browser, browser: Browsers, database: Engine
) -> None:
    await named(browser, "bobby", "Bob Smith")
    assert namesakes(database) == set()
    carol = await named(browser, "carol", "B0b  Smith")
    assert namesakes(database) == {"bobby", "carol"}

    await carol.submit("/settings", display_name="Carol", hue="")
    assert namesakes(database) == set()
    await carol.submit("/settings", display_name="bobby", hue="")
    assert namesakes(database) == {"carol"}


async def test_who_is_no_admin_any_more_has_a_name_that_others_may_have(alice: Browser, browser: Browsers) -> None:
    await named(browser, "bobby", "Bob Smith")
    await press(alice, "/people/bobby", "/people/bobby/role/admin")
    assert (await browser().sign_up("carol", display_name="Bob Smith")).status == 422

    await press(alice, "/people/bobby", "/people/bobby/role/member")

    assert (await browser().sign_up("carol", display_name="Bob Smith")).status == 303
