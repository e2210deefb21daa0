"""Passkeys after the password, where a second factor is asked for."""

import json

import pytest
from sqlalchemy import Engine, select

from app.db.schema import passkeys, recovery_codes
from tests.factors.conftest import CODE, PAGE, Phone, recovery_codes_in
from tests.factors.passkeys.asking import (
    JSON,
    LIST,
    ORIGIN,
    SECOND,
    add,
    is_in,
    log_in,
    options,
    prove_second,
    reason,
    send,
)
from tests.factors.passkeys.authenticator import Authenticator
from tests.support.browsing import PASSWORD, Browser, Browsers

OF_ALL = "/settings/chat/second-factor"


async def test_a_passkey_does_in_place_of_a_code(alice: Browser, phone: Phone, browser: Browsers) -> None:
    await phone.set_up(alice)
    key, person = await add(alice), browser()
    assert (await person.log_in("alice", next="/people")).location == CODE
    assert not await is_in(person)

    answer = await prove_second(person, key)

    assert json.loads(answer.text) == {"location": "/people"}
    assert await is_in(person)
    other = browser()
    await other.log_in("alice")
    assert (await other.submit(CODE, code=phone.next())).location == "/"


async def test_after_a_password_it_need_not_ask_for_a_finger_face_or_pin(
    alice: Browser, phone: Phone, browser: Browsers
) -> None:
    await phone.set_up(alice)
    key, person = await add(alice), browser()
    key.verifies = False
    await person.log_in("alice")

    assert (await prove_second(person, key)).status == 200


async def test_a_passkey_of_another_person_does_not(
    alice: Browser, bob: Browser, phone: Phone, browser: Browsers
) -> None:
    await phone.set_up(alice)
    await add(alice)
    foreign, person = await add(bob), browser()
    await person.log_in("alice")

    assert (await prove_second(person, foreign)).status == 422
    assert not await is_in(person)


@pytest.mark.parametrize("is_proved", [False, True])
async def test_what_was_to_be_signed_before_the_password_is_nothing_after_it(
    alice: Browser, phone: Phone, browser: Browsers, *, is_proved: bool
) -> None:
    await phone.set_up(alice)
    key, person = await add(alice), browser()
    form = await person.ask("GET", "/login")
    assert (await person.ask("POST", f"{SECOND}/options", data=form.hidden, headers=JSON)).status == 403
    credential = key.prove(await options(person, "/login", "/login/passkey"))
    if is_proved:
        await person.log_in("alice")

    answer = await send(person, CODE if is_proved else "/login", SECOND, credential)

    assert (answer.status, await is_in(person)) == (422 if is_proved else 403, False)


async def test_what_is_to_be_signed_is_for_one_purpose_and_one_person(
    alice: Browser, bob: Browser, browser: Browsers
) -> None:
    keys = {"alice": await add(alice), "bobby": await add(bob)}
    await alice.submit(OF_ALL)

    async def prove_password(person: Browser, login: str) -> None:
        form = await person.ask("GET", "/login" if person is not alice else "/settings")
        fields = {**form.hidden, "login": login, "password": PASSWORD}
        assert (await person.ask("POST", "/login", data=fields)).location == CODE

    adding = await options(alice, LIST, LIST, name="Key", password=PASSWORD)
    await prove_password(alice, "alice")
    credential = keys["alice"].prove(adding | {"rpId": "localhost"})
    assert (await send(alice, CODE, SECOND, credential)).status == 422

    person = browser()
    await prove_password(person, "alice")
    asked = await options(person, CODE, SECOND)
    await prove_password(person, "bobby")
    assert (await send(person, CODE, SECOND, keys["bobby"].prove(asked))).status == 422
    assert (await prove_second(person, keys["bobby"])).status == 200


async def test_where_one_is_asked_of_all_a_passkey_is_one_and_the_password_alone_is_none(
    alice: Browser, bob: Browser, browser: Browsers
) -> None:
    key = await add(alice)
    assert (await alice.submit(OF_ALL)).status == 303
    assert await is_in(alice)
    person = browser()

    assert (await person.log_in("alice")).location == CODE

    page = await person.ask("GET", CODE)
    assert 'data-passkey="/login/code/passkey"' in page.text
    assert 'name="code"' not in page.text
    assert (await prove_second(person, key)).status == 200
    assert await is_in(person)
    assert (await log_in(browser(), key)).status == 200


async def test_who_has_none_where_one_is_asked_of_all_may_add_a_passkey(
    alice: Browser, bob: Browser, browser: Browsers
) -> None:
    await add(alice)
    await alice.submit(OF_ALL)
    await bob.log_in("bobby")
    assert (await bob.ask("GET", "/people")).location == PAGE
    asked = await options(bob, LIST, LIST, name="Phone", password=PASSWORD)

    answer = await send(bob, LIST, LIST, Authenticator(ORIGIN).make(asked), name="Phone")

    assert json.loads(answer.text) == {"location": f"{PAGE}?done=passkey"}
    assert (await bob.ask("GET", "/people")).status == 200


async def test_recovery_codes_let_in_who_has_a_passkey_only(
    alice: Browser, browser: Browsers, database: Engine
) -> None:
    await add(alice)
    await alice.submit(OF_ALL)
    page = f"{PAGE}/codes"
    assert (await alice.submit(page, password="wrong horse 9")).status == 422
    old, *_ = recovery_codes_in(await alice.submit(page, password=PASSWORD))

    new, *others = recovery_codes_in(await alice.submit(page, password=PASSWORD))

    assert len(others) == 9
    person = browser()
    await person.log_in("alice")
    assert (await person.submit(CODE, code=old)).status == 422
    assert (await person.submit(CODE, code=new)).location == "/"
    with database.connect() as conn:
        assert len(conn.execute(select(recovery_codes)).all()) == 9


async def test_who_has_no_second_factor_gets_no_recovery_codes(alice: Browser) -> None:
    assert (await alice.submit(f"{PAGE}/codes", password=PASSWORD)).status == 403


async def test_the_only_one_stays_where_one_is_asked_of_all(alice: Browser, phone: Phone) -> None:
    await add(alice)
    await alice.submit(OF_ALL)

    assert (await alice.submit(f"{LIST}/1", to=f"{LIST}/1/remove", password=PASSWORD)).status == 403

    await phone.set_up(alice)
    assert (await alice.submit(f"{LIST}/1", to=f"{LIST}/1/remove", password=PASSWORD)).status == 303
    switched_off = await alice.submit(PAGE, to=f"{PAGE}/off", code=phone.next(), password=PASSWORD)
    assert switched_off.status == 403


async def test_codes_are_switched_off_where_a_passkey_is_there_instead(alice: Browser, phone: Phone) -> None:
    await phone.set_up(alice)
    await add(alice)
    await alice.submit(OF_ALL)

    assert (await alice.submit(PAGE, to=f"{PAGE}/off", code=phone.next(), password=PASSWORD)).status == 303

    assert "Recovery codes left: 10" in (await alice.ask("GET", PAGE)).text


async def test_an_admin_takes_passkeys_away_with_the_second_factor(
    alice: Browser, bob: Browser, browser: Browsers, database: Engine
) -> None:
    key, by_key = await add(bob), browser()
    await log_in(by_key, key)

    assert (await alice.submit("/people/bobby/second-factor")).status == 303

    assert [await is_in(person) for person in (bob, by_key)] == [False, False]
    assert (await log_in(browser(), key)).status == 422
    with database.connect() as conn:
        assert conn.execute(select(passkeys)).all() == []


async def test_a_passkey_for_a_former_address_is_named_and_good_no_more(alice: Browser, browser: Browsers) -> None:
    key = await add(alice)
    elsewhere = browser(Host="chat.localhost:8000")
    await elsewhere.log_in("alice")

    assert "For <bdi>localhost</bdi> only" in (await elsewhere.ask("GET", LIST)).text

    moved = Authenticator("http://chat.localhost:8000", id=key.id, key=key.key, handle=key.handle, count=9)
    answer = await log_in(browser(Host="chat.localhost:8000"), moved)
    assert (answer.status, reason(answer)) == (
        *(422, "This passkey is none of this chat, or was removed. Log in with your password."),
    )
