"""Passkeys: added, named, removed, and logging in by one; what proves nothing is refused."""

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update

from app.db.schema import audit, passkey_challenges, passkeys, sessions, users
from tests.conftest import Serve
from tests.factors.passkeys.asking import (
    ALONE,
    HOST,
    JSON,
    LIST,
    LOG_IN,
    ORIGIN,
    add,
    is_in,
    log_in,
    options,
    reason,
    send,
)
from tests.factors.passkeys.authenticator import Authenticator, b64
from tests.support.browsing import PASSWORD, Browser, Browsers, Open
from tests.support.sockets import open_socket


async def test_who_added_a_passkey_logs_in_by_it_without_login_and_password(alice: Browser, browser: Browsers) -> None:
    phone = await add(alice)
    person = browser()

    answer = await log_in(person, phone, next="/people")

    assert json.loads(answer.text) == {"location": "/people"}
    assert 'href="/people/alice"' in (await person.ask("GET", "/settings")).text
    assert "last used" in (await alice.ask("GET", LIST)).text


async def test_one_that_does_not_count_is_good_again_and_again(alice: Browser, browser: Browsers) -> None:
    phone = await add(alice, counts=False)

    assert [(await log_in(browser(), phone)).status for _ in range(2)] == [200, 200]


async def test_the_password_alone_is_good_as_before(alice: Browser, browser: Browsers) -> None:
    await add(alice)

    assert (await browser().log_in("alice")).location == "/"


@pytest.mark.parametrize(
    "lies",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:8001"},
        {"for_host": "evil.example"},
        {"challenge": "AAAA"},
        {"challenge": 7},
        {"type": "webauthn.create"},
        {"handle": b""},
        {"handle": b"somebody else"},
    ],
)
async def test_what_was_signed_for_something_else_is_refused(
    alice: Browser, browser: Browsers, lies: dict[str, object]
) -> None:
    phone, person = await add(alice), browser()

    answer = await log_in(person, phone, **lies)

    assert (answer.status, await is_in(person)) == (422, False)
    assert (await log_in(person, phone)).status == 200


async def test_a_signature_of_another_key_is_refused(alice: Browser, browser: Browsers) -> None:
    phone, person = await add(alice), browser()
    forged = Authenticator(ORIGIN, id=phone.id, handle=phone.handle, count=phone.count)

    assert (await log_in(person, forged)).status == 422
    assert not await is_in(person)


async def test_one_that_asks_for_no_finger_face_or_pin_is_refused_when_it_stands_alone(
    alice: Browser, browser: Browsers
) -> None:
    phone, person = await add(alice), browser()
    phone.verifies = False

    assert (await log_in(person, phone)).status == 422
    assert not await is_in(person)


async def test_one_that_nobody_has_added_is_refused(alice: Browser, browser: Browsers) -> None:
    person = browser()

    answer = await log_in(person, Authenticator(ORIGIN, handle=b"x"))

    assert (answer.status, await is_in(person)) == (422, False)
    assert reason(answer) == "This passkey is none of this chat, or was removed. Log in with your password."


async def test_a_challenge_is_good_once_however_many_answer_it_at_once(alice: Browser, browser: Browsers) -> None:
    phone, person = await add(alice, counts=False), browser()
    credential = phone.prove(await options(person, LOG_IN, ALONE))
    form, cookie = await person.ask("GET", LOG_IN), person.cookie()

    async def answer_it() -> int:
        thief = browser()
        thief.steal(cookie)
        return (await thief.ask("POST", ALONE, data={**form.hidden, "credential": credential}, headers=JSON)).status

    assert sorted(await asyncio.gather(*(answer_it() for _ in range(4)))) == [200, 422, 422, 422]


async def test_a_challenge_is_good_in_the_browser_that_asked_for_it_alone(alice: Browser, browser: Browsers) -> None:
    phone, person, other = await add(alice), browser(), browser()
    credential = phone.prove(await options(person, LOG_IN, ALONE))
    await options(other, LOG_IN, ALONE)

    for stranger in (other, browser()):
        assert (await send(stranger, LOG_IN, ALONE, credential)).status == 422
    assert (await send(person, LOG_IN, ALONE, credential)).status == 200


async def test_a_challenge_is_good_for_five_minutes_and_deleted_later(
    alice: Browser, browser: Browsers, database: Engine
) -> None:
    phone, person = await add(alice), browser()

    async def answer_after(seconds: int) -> int:
        credential = phone.prove(await options(person, LOG_IN, ALONE))
        age = func.make_interval(0, 0, 0, 0, 0, 0, seconds)
        with database.begin() as conn:
            conn.execute(update(passkey_challenges).values(created_at=func.clock_timestamp() - age))
        return (await send(person, LOG_IN, ALONE, credential)).status

    assert await answer_after(301) == 422
    await options(person, LOG_IN, ALONE)
    with database.connect() as conn:
        assert len(conn.execute(select(passkey_challenges)).all()) == 1
    assert await answer_after(290) == 200


async def test_a_challenge_to_add_one_is_none_to_log_in(alice: Browser) -> None:
    phone = await add(alice)
    asked = await options(alice, LIST, LIST, name="Key", password=PASSWORD)

    assert (await send(alice, LIST, ALONE, phone.prove(asked | {"rpId": "localhost"}))).status == 422


async def test_a_count_that_went_back_is_refused_and_written_down(
    alice: Browser, browser: Browsers, database: Engine
) -> None:
    phone, person = await add(alice), browser()
    assert (await log_in(browser(), phone)).status == 200

    for count in (phone.count, phone.count - 1, 0):
        answer = await log_in(person, phone, count=count)
        assert (answer.status, "copied" in reason(answer)) == (422, True)

    assert not await is_in(person)
    with database.connect() as conn:
        assert [*conn.scalars(select(audit.c.action).order_by(audit.c.id))] == ["passkey_added"] + 3 * [
            "passkey_doubted"
        ]


async def test_a_count_that_nobody_signed_accuses_nobody(alice: Browser, browser: Browsers, database: Engine) -> None:
    phone = await add(alice)
    forged = Authenticator(ORIGIN, id=phone.id, handle=phone.handle)

    assert (await log_in(browser(), forged, count=0)).status == 422

    with database.connect() as conn:
        assert [*conn.scalars(select(audit.c.action))] == ["passkey_added"]


async def test_of_many_at_once_with_one_count_one_gets_in(alice: Browser, browser: Browsers) -> None:
    phone, people = await add(alice), [browser() for _ in range(4)]
    asked = [await options(person, LOG_IN, ALONE) for person in people]
    credentials = [phone.prove(each, count=7) for each in asked]

    answers = await asyncio.gather(
        *(send(person, LOG_IN, ALONE, each) for person, each in zip(people, credentials, strict=True))
    )

    assert sorted(answer.status for answer in answers) == [200, 422, 422, 422]


async def test_a_removed_one_ends_at_once_with_what_began_by_it(
    alice: Browser, browser: Browsers, serve: Serve, open_browser: Open, database: Engine
) -> None:
    phone, key = await add(alice, "Phone"), await add(alice, "Key")
    by_phone, by_key = open_browser(await serve(), Host=HOST), browser()
    await log_in(by_phone, phone)
    await log_in(by_key, key)
    socket = await open_socket(by_phone, ORIGIN)
    await socket.until("hello")
    waiting = browser()
    credential = phone.prove(await options(waiting, LOG_IN, ALONE))

    assert (
        await alice.submit(f"{LIST}/1", to=f"{LIST}/1/remove", password=PASSWORD)
    ).location == f"{LIST}?done=removed"

    assert await socket.close_code() == 4001
    assert (await send(waiting, LOG_IN, ALONE, credential)).status == 422
    assert [await is_in(person) for person in (by_phone, by_key, alice)] == [False, True, True]
    with database.connect() as conn:
        done = [tuple(each) for each in conn.execute(select(audit.c.actor_id, audit.c.action, audit.c.detail))]
    assert done == [(1, "passkey_added", "Phone"), (1, "passkey_added", "Key"), (1, "passkey_removed", "Phone")]


async def test_one_is_named_and_removed_by_its_owner_with_the_password_alone(alice: Browser, bob: Browser) -> None:
    await add(alice)
    page = f"{LIST}/1"

    assert (await bob.ask("GET", page)).status == 404
    form = await bob.ask("GET", LIST)
    for path in (f"{page}/name", f"{page}/remove"):
        fields = {**form.hidden, "name": "Mine", "password": PASSWORD}
        assert (await bob.ask("POST", path, data=fields)).status == 404
    assert (await alice.submit(page, to=f"{page}/remove", password="wrong horse 9")).status == 422
    for name in ("", "\u202e", "x" * 65):
        assert (await alice.submit(page, to=f"{page}/name", name=name)).status == 422
    assert (await alice.submit(page, to=f"{page}/name", name=" Blue  key ")).location == f"{LIST}?done=name"
    assert "<bdi>Blue key</bdi>" in (await alice.ask("GET", LIST)).text
    assert "Blue key" not in (await bob.ask("GET", LIST)).text


async def test_nobody_adds_one_without_the_password(alice: Browser, database: Engine) -> None:
    form = await alice.ask("GET", LIST)

    for password in ("", "wrong horse 9"):
        fields = {**form.hidden, "name": "Phone", "password": password}
        answer = await alice.ask("POST", f"{LIST}/options", data=fields, headers=JSON)
        assert (answer.status, reason(answer)) == (422, "This is not your password.")

    made = Authenticator(ORIGIN).make({"user": {"id": "AAAA"}, "rp": {"id": "localhost"}, "challenge": "AAAA"})
    assert (await send(alice, LIST, LIST, made, name="Phone")).status == 422
    with database.connect() as conn:
        assert conn.execute(select(passkeys)).all() == []


@pytest.mark.parametrize(
    "lies",
    [
        *({"origin": "https://evil.example"}, {"for_host": "evil.example"}, {"challenge": "AAAA"}),
        *({"key": {-2: bytes(32)}}, {"key": {-1: 99}}, {"key": {1: 3}}),
    ],
)
async def test_what_was_made_for_something_else_or_has_no_key_is_not_kept(alice: Browser, lies: dict[str, Any]) -> None:
    asked = await options(alice, LIST, LIST, name="Phone", password=PASSWORD)

    assert (await send(alice, LIST, LIST, Authenticator(ORIGIN).make(asked, **lies), name="Phone")).status == 422

    assert "You have none yet" in (await alice.ask("GET", LIST)).text


async def test_one_that_verifies_nobody_is_not_kept(alice: Browser) -> None:
    asked = await options(alice, LIST, LIST, name="Phone", password=PASSWORD)

    made = Authenticator(ORIGIN, verifies=False).make(asked)

    assert (await send(alice, LIST, LIST, made, name="Phone")).status == 422


async def test_one_of_another_person_is_not_kept_again(alice: Browser, bob: Browser, browser: Browsers) -> None:
    phone = await add(alice)
    asked = await options(bob, LIST, LIST, name="Phone", password=PASSWORD)

    answer = await send(bob, LIST, LIST, phone.make(asked), name="Phone")

    assert (answer.status, reason(answer)) == (422, "This passkey is in use already. Try another one.")


async def test_the_passkeys_of_a_person_have_one_handle_which_says_nothing_of_them(
    alice: Browser, bob: Browser, database: Engine
) -> None:
    handles = [(await add(person)).handle for person in (alice, alice, bob)]

    assert handles[0] == handles[1] != handles[2]
    assert [len(handle) for handle in handles] == [64, 64, 64]


async def test_the_browser_is_asked_not_to_make_a_second_one_where_there_is_one(alice: Browser) -> None:
    phone = await add(alice)

    asked = await options(alice, LIST, LIST, name="Phone", password=PASSWORD)

    assert [each["id"] for each in asked["excludeCredentials"]] == [b64(phone.id)]
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"


async def test_who_asks_to_log_in_learns_nothing_of_anybodys_passkeys(alice: Browser, browser: Browsers) -> None:
    await add(alice)

    asked = await options(browser(), LOG_IN, ALONE, login="alice")

    assert (asked["allowCredentials"], asked["userVerification"]) == ([], "required")


async def test_on_a_shared_computer_none_is_offered(alice: Browser, browser: Browsers, database: Engine) -> None:
    phone, person = await add(alice), browser()
    asked = await options(person, LOG_IN, ALONE)

    assert (await send(person, LOG_IN, ALONE, phone.prove(asked), shared="on")).status == 200

    page = await person.ask("GET", LIST)
    assert "This is a shared computer" in page.text
    assert "data-passkey" not in page.text
    fields = {**page.hidden, "name": "Phone", "password": PASSWORD}
    assert (await person.ask("POST", f"{LIST}/options", data=fields, headers=JSON)).status == 403
    with database.connect() as conn:
        lives = conn.execute(select(sessions.c.expires_at - sessions.c.created_at).order_by(sessions.c.id.desc()))
        assert lives.scalars().first().total_seconds() == pytest.approx(12 * 3600, abs=5)


async def test_who_has_no_password_is_told_how_to_get_one(alice: Browser, database: Engine) -> None:
    with database.begin() as conn:
        conn.execute(update(users).values(password_hash=None))

    page = await alice.ask("GET", LIST)

    assert "your account has none. Ask an administrator for a link to one." in page.text
    assert "data-passkey" not in page.text


async def test_a_disabled_account_is_not_entered_by_a_passkey(alice: Browser, bob: Browser, browser: Browsers) -> None:
    phone, person = await add(bob), browser()
    assert (await alice.submit("/people/bobby/disable")).status == 303

    answer = await log_in(person, phone)

    assert (answer.status, await is_in(person)) == (403, False)


async def test_passkeys_are_changed_twenty_times_an_hour_at_most(alice: Browser) -> None:
    for _ in range(20):
        await options(alice, LIST, LIST, name="Phone", password=PASSWORD)
    form = await alice.ask("GET", LIST)

    fields = {**form.hidden, "name": "Phone", "password": PASSWORD}
    assert (await alice.ask("POST", f"{LIST}/options", data=fields, headers=JSON)).status == 429


@pytest.mark.parametrize(
    "credential",
    [
        *("", "{", "[]", "7", '{"id": 7}', "[" * 2_000, '{"id":"AA","rawId":"AA","type":"public-key","response":{}}'),
        '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"é","authenticatorData":"","signature":""}}',
    ],
)
async def test_what_is_no_answer_of_a_browser_is_refused(alice: Browser, browser: Browsers, credential: str) -> None:
    person = browser()
    await options(person, LOG_IN, ALONE)
    assert (await send(person, LOG_IN, ALONE, credential)).status == 422

    await options(alice, LIST, LIST, name="Phone", password=PASSWORD)
    assert (await send(alice, LIST, LIST, credential, name="Phone")).status == 422
