"""What this chat is called, and the first admin's welcome."""

import pytest
from sqlalchemy import Engine, select

from app.db.schema import instance
from tests.people.conftest import press
from tests.support.browsing import Browser, Browsers

SETUP = "This chat is yours."


async def test_the_name_stands_wherever_the_chat_is_named(alice: Browser, browser: Browsers) -> None:
    answer = await alice.submit("/settings/chat", name=" Orchard <b> & Co ")

    assert (answer.status, answer.location) == (303, "/settings/chat?done=chat")
    for page in (
        await alice.ask("GET", "/"),
        await alice.ask("GET", "/nowhere"),
        await alice.ask("GET", "/rooms/99"),
        await browser().ask("GET", "/nowhere"),
        await browser().ask("POST", "/login", data={"login": "alice"}),
        await alice.ask("GET", "/people"),
        await browser().ask("GET", "/login"),
        await browser().ask("GET", "/signin"),
    ):
        assert "· Orchard &lt;b&gt; &amp; Co</title>" in page.text
        assert "Parley" not in page.text


@pytest.mark.parametrize("name", ["", "   ", "x" * 65, "a\u202eb"])
async def test_a_bad_name_is_refused_beside_its_field_and_kept(name: str, alice: Browser, database: Engine) -> None:
    answer = await alice.submit("/settings/chat", name=name)

    assert answer.status == 422
    assert answer.reason_at("name")
    assert answer.input("name")["value"] == name
    assert "checked" not in answer.input("open_sign_up")  # as it was sent
    with database.connect() as conn:
        assert tuple(conn.execute(select(instance.c.name, instance.c.open_sign_up)).one()) == ("Parley", True)


async def test_the_first_admin_is_welcomed_until_the_chat_is_set_up(alice: Browser, browser: Browsers) -> None:
    bob = browser()
    await bob.sign_up("bobby")

    assert SETUP in (await alice.ask("GET", "/")).text
    assert SETUP not in (await bob.ask("GET", "/")).text
    await alice.submit("/settings/chat", name="Orchard")

    assert SETUP not in (await alice.ask("GET", "/")).text


async def test_the_welcome_can_be_sent_away(alice: Browser) -> None:
    answer = await press(alice, "/", "/settings/chat/welcomed")

    assert (answer.status, answer.location) == (303, "/")
    assert SETUP not in (await alice.ask("GET", "/")).text
    assert "<title>Lobby · Parley</title>" in (await alice.ask("GET", "/")).text


async def test_nothing_changes_without_the_token_of_the_form(alice: Browser) -> None:
    paths = ("/settings", "/settings/password", "/settings/chat", "/settings/chat/invitations", "/people/alice/disable")

    for path in paths:
        assert (await alice.ask("POST", path, data={"name": "Mine"})).status == 403
