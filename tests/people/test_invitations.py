"""Who may create an account: by open door, by link, or not at all."""

import asyncio
import hashlib
import logging
from datetime import timedelta
from urllib.parse import quote

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from sqlalchemy import Engine, func, select, update
from yarl import URL

from app.db.schema import instance, invitations
from app.process.logs import AccessLogger
from tests.people.conftest import Invite, logins, press
from tests.support.browsing import PASSWORD, Browser, Browsers

pytestmark = pytest.mark.usefixtures("closed")
BY_INVITATION = "by invitation only"
DEAD = "no longer works"


def uses(database: Engine) -> list[int]:
    with database.connect() as conn:
        return list(conn.execute(select(invitations.c.uses).order_by(invitations.c.id)).scalars())


def change(database: Engine, **values: object) -> None:
    with database.begin() as conn:
        conn.execute(update(invitations).values(**values))


async def test_a_link_lets_someone_in_and_counts_the_use(invite: Invite, browser: Browsers, database: Engine) -> None:
    bob = browser()

    arrival = await bob.ask("GET", await invite())
    answer = await bob.sign_up("bobby")

    assert (arrival.status, arrival.location) == (303, "/signin")
    assert (answer.status, answer.location) == (303, "/")
    assert (await bob.ask("GET", "/")).status == 200
    assert (logins(database), uses(database)) == (["alice", "bobby"], [1])


BEHIND = (
    ".",
    ",",
    ")",
    ").",
    ">",
    "”",
    "’",
    "。",
    "、",
    "）",
    "」",
    "!",
    "…",
    "]",
    "*",
    "**",
    "_",
    "-",
    "/",
    "/.",
    "\n",
    "s",
    "’s",
    "\0",
)


async def test_a_link_works_with_what_a_sentence_puts_behind_it(invite: Invite, browser: Browsers) -> None:
    link = await invite()
    for behind in (*BEHIND, "%ed%a0%80", "%"):
        newcomer = browser()

        await newcomer.ask("GET", URL(link + (quote(behind) if behind[0] != "%" else behind), encoded=True))

        page = await newcomer.ask("GET", "/signin")
        assert (page.status, "<form" in page.text) == (200, True), behind


async def test_a_link_of_which_something_is_missing_does_not_work(invite: Invite, browser: Browsers) -> None:
    link = await invite()
    for cut in (link[:-1], link[:-1] + ".", link[:-2] + ".x", "/invite/x", "/invite/" + "x" * 300):
        newcomer = browser()

        await newcomer.ask("GET", cut)

        assert DEAD in (await newcomer.ask("GET", "/signin")).text, cut


async def test_without_an_invitation_there_is_a_sentence_and_no_form(browser: Browsers, database: Engine) -> None:
    stranger = browser()

    page = await stranger.ask("GET", "/signin")
    token = (await stranger.ask("GET", "/login")).hidden
    posted = await stranger.ask("POST", "/signin", data={**token, "login": "eve"})

    for answer in (page, posted):
        assert answer.status == 403
        assert BY_INVITATION in answer.text
        assert "<form" not in answer.text
    assert logins(database) == ["alice"]


async def test_the_link_to_create_an_account_goes_away_with_the_open_door(alice: Browser, browser: Browsers) -> None:
    assert "/signin" not in (await browser().ask("GET", "/login")).text

    await alice.submit("/settings/chat", name="Parley", open_sign_up="on")

    assert 'href="/signin"' in (await browser().ask("GET", "/login")).text


async def test_the_first_account_can_always_be_made(browser: Browsers, database: Engine) -> None:
    with database.begin() as conn:
        conn.exec_driver_sql("TRUNCATE users CASCADE")

    assert (await browser().sign_up("founder")).status == 303
    assert (await browser().ask("GET", "/signin")).status == 403


async def test_two_with_a_link_for_one_make_one_account(invite: Invite, browser: Browsers, database: Engine) -> None:
    link = await invite(uses=1)
    people = [browser() for _ in range(4)]
    forms = []
    for person in people:
        await person.ask("GET", link)
        forms.append((await person.ask("GET", "/signin")).hidden)

    typed = {"password": PASSWORD, "password2": PASSWORD}
    answers = await asyncio.gather(
        *(
            person.ask("POST", "/signin", data={**form, **typed, "login": f"person{number}"})
            for number, (person, form) in enumerate(zip(people, forms, strict=True))
        )
    )

    assert sorted(answer.status for answer in answers) == [303, 403, 403, 403]
    assert all(DEAD in answer.text for answer in answers if answer.status == 403)
    assert (len(logins(database)), uses(database)) == (2, [1])


async def test_a_taken_login_does_not_use_the_link_up(invite: Invite, browser: Browsers, database: Engine) -> None:
    bob = browser()
    await bob.ask("GET", await invite(uses=1))

    assert (await bob.sign_up("alice")).status == 422
    assert uses(database) == [0]
    assert (await bob.sign_up("bobby")).status == 303


@pytest.mark.parametrize(
    "end",
    [
        {"expires_at": func.clock_timestamp()},
        {"revoked_at": func.clock_timestamp()},
        {"uses": 10},
        {"token_hash": b"another"},
    ],
    ids=["expired", "revoked", "used up", "unknown"],
)
async def test_a_link_that_died_on_the_way_keeps_what_was_typed(
    end: dict[str, object], invite: Invite, browser: Browsers, database: Engine
) -> None:
    bob = browser()
    await bob.ask("GET", await invite())
    form = (await bob.ask("GET", "/signin")).hidden
    change(database, **end)

    typed = {"login": "bobby", "display_name": "Bob B", "password": PASSWORD, "password2": PASSWORD}
    answer = await bob.ask("POST", "/signin", data={**form, **typed})

    assert answer.status == 403
    assert DEAD in answer.text
    assert [answer.input(name)["value"] for name in ("login", "display_name")] == ["bobby", "Bob B"]
    assert PASSWORD not in answer.text
    assert logins(database) == ["alice"]
    page = await bob.ask("GET", "/signin")
    assert (page.status, DEAD in page.text, "<form" in page.text) == (403, True, False)


async def test_a_dead_link_does_no_harm_while_anyone_may_come(browser: Browsers, database: Engine) -> None:
    with database.begin() as conn:
        conn.execute(update(instance).values(open_sign_up=True))
    bob = browser()

    await bob.ask("GET", "/invite/nonsense")

    assert (await bob.sign_up("bobby")).status == 303


async def test_a_link_is_stored_as_a_hash_shown_once_and_never_logged(
    invite: Invite, alice: Browser, browser: Browsers, database: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    token = (await invite()).removeprefix("/invite/")
    bob = browser()
    await bob.ask("GET", f"/invite/{token}")
    await bob.sign_up("bobby")

    with database.connect() as conn:
        stored = conn.execute(select(invitations.c.token_hash)).scalar_one()
    assert bytes(stored) == hashlib.sha256(token.encode()).digest()
    assert len(token) == 43
    assert token not in (await alice.ask("GET", "/settings/chat")).text
    logged = [
        f"{record.getMessage()} {getattr(record, 'fields', {})}"
        for record in caplog.records
        if record.name.startswith("app")
    ]
    assert not any(token in line for line in logged)
    assert any("signed up" in line and "'invitation': 1" in line for line in logged)


def test_the_access_log_hides_the_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    request = make_mocked_request("GET", "/invite/secret")

    AccessLogger(logging.getLogger("app.access"), "").log(request, web.Response(status=303), 0)

    assert "secret" not in caplog.text
    assert "GET /invite/-" in caplog.text


async def test_admins_choose_how_long_and_how_often_and_see_what_lives(
    invite: Invite, alice: Browser, browser: Browsers, database: Engine
) -> None:
    await invite(days=1, uses=1)
    await invite(days=30, uses=0)
    bob = browser()
    await bob.ask("GET", await invite(days=7, uses=100))
    await bob.sign_up("bobby")

    with database.connect() as conn:
        lifetime = invitations.c.expires_at - invitations.c.created_at
        rows = conn.execute(select(lifetime, invitations.c.max_uses).order_by(invitations.c.id)).all()
    assert [(round(life / timedelta(days=1)), most) for life, most in rows] == [(1, 1), (30, None), (7, 100)]
    page = (await alice.ask("GET", "/settings/chat")).text
    assert all(sentence in page for sentence in ("Used 0 of 1 time,", "Used 0 times,", "Used 1 of 100 times,"))


@pytest.mark.parametrize("fields", [{"days": "365", "uses": "1"}, {"days": "7", "uses": "-1"}, {"days": "7"}, {}])
async def test_other_lengths_and_numbers_are_refused(fields: dict[str, str], alice: Browser, database: Engine) -> None:
    answer = await press(alice, "/settings/chat", "/settings/chat/invitations", **fields)

    assert "Choose one of these." in answer.text
    assert (answer.status, uses(database)) == (422, [])


async def test_a_revoked_link_is_dead_at_once_and_leaves_the_list(
    invite: Invite, alice: Browser, browser: Browsers
) -> None:
    link = await invite()

    answer = await press(alice, "/settings/chat", "/settings/chat/invitations/1/revoke")

    assert (answer.status, answer.location) == (303, "/settings/chat#invitations")
    bob = browser()
    await bob.ask("GET", link)
    assert (await bob.ask("GET", "/signin")).status == 403
    assert "No link works just now." in (await alice.ask("GET", "/settings/chat")).text


async def test_members_can_neither_see_nor_change_who_comes_in(
    invite: Invite, browser: Browsers, database: Engine
) -> None:
    bob = browser()
    await bob.ask("GET", await invite())
    await bob.sign_up("bobby")
    token = (await bob.ask("GET", "/settings")).hidden

    answers = [await bob.ask("GET", "/settings/chat")]
    for path in ("", "/welcomed", "/invitations", "/invitations/1/revoke"):
        fields = {**token, "name": "Mine", "open_sign_up": "on", "days": "7", "uses": "10"}
        answers.append(await bob.ask("POST", f"/settings/chat{path}", data=fields))

    assert [answer.status for answer in answers] == [403] * 5
    assert all("Only an administrator of this chat may do that." in answer.text for answer in answers)
    with database.connect() as conn:
        assert tuple(conn.execute(select(instance.c.name, instance.c.open_sign_up)).one()) == ("Parley", False)
        assert conn.execute(select(invitations.c.revoked_at)).scalars().all() == [None]


async def test_strangers_are_sent_to_log_in(browser: Browsers) -> None:
    for path in ("/people", "/people/alice", "/settings", "/settings/chat"):
        assert (await browser().ask("GET", path)).location.startswith("/login?next=")


async def test_revoking_is_asked_for_before_it_is_done(alice: Browser, invite: Invite) -> None:
    await invite()
    path = "/settings/chat/invitations/1/revoke"
    assert f'href="{path}"' in (await alice.ask("GET", "/settings/chat")).text

    asked = await alice.ask("GET", path)

    assert "Revoke link number <bdi>1</bdi>?" in asked.text
    assert f'href="{path}"' in (await alice.ask("GET", "/settings/chat")).text  # nothing has happened yet
    assert (await alice.submit(path)).location == "/settings/chat#invitations"
    assert "No link works just now." in (await alice.ask("GET", "/settings/chat")).text
    assert (await alice.ask("GET", path)).location == "/settings/chat#invitations"
