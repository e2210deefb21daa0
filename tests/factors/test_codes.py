"""Codes of an app as a second factor: set up, asked for after the password, good once, and switched off."""

import asyncio
import logging
from typing import Any

import pytest
from sqlalchemy import Engine, select

from app.base.secrets import digest
from app.db.schema import recovery_codes, totp
from app.factors.codes import plain
from tests.auth.test_proofs import counted
from tests.conftest import Serve
from tests.factors.conftest import CODE, PAGE, Phone
from tests.recovery.test_command_line import run
from tests.support.browsing import PASSWORD, Browser, Browsers, Open


def said_by(record: logging.LogRecord) -> dict[str, Any]:
    return dict(record.__dict__["fields"])


async def is_in(person: Browser) -> bool:
    return (await person.ask("GET", "/settings")).status == 200


async def test_the_page_shows_a_qr_code_that_the_policy_allows(alice: Browser, phone: Phone) -> None:
    answer = await alice.ask("GET", PAGE)

    assert 'src="data:image/svg+xml' in answer.text
    assert "img-src 'self' data:" in answer.headers["Content-Security-Policy"]


async def test_after_the_password_a_code_is_asked_for(guarded: Browser, phone: Phone, browser: Browsers) -> None:
    person = browser()

    answer = await person.log_in("alice", next="/people")

    assert (answer.status, answer.location) == (303, CODE)
    assert not await is_in(person)
    assert (await person.submit(CODE, code="000000")).status == 422
    assert not await is_in(person)
    entered = await person.submit(CODE, code=phone.next())
    assert (entered.status, entered.location) == (303, "/people")
    assert await is_in(person)


async def test_the_third_password_in_a_browser_is_proved_without_bcrypt(
    guarded: Browser, phone: Phone, browser: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = browser()
    for _ in range(2):  # the browser is known after the first code, and by then we have forgotten the password
        await person.log_in("alice")
        await person.submit(CODE, code=phone.next())
        await person.sign_out()
    hashed = counted(monkeypatch)

    assert (await person.log_in("alice")).location == CODE
    assert hashed() == 0


async def test_who_has_no_second_factor_logs_in_as_before(guarded: Browser, browser: Browsers) -> None:
    await browser().sign_up("bobby")

    assert (await browser().log_in("bobby")).location == "/"


async def test_a_code_without_a_password_before_it_opens_nothing(
    guarded: Browser, phone: Phone, browser: Browsers
) -> None:
    person = browser()
    form = await person.ask("GET", "/login")

    assert (await person.ask("GET", CODE)).location == "/login"
    answer = await person.ask("POST", CODE, data={**form.hidden, "code": phone.next()})

    assert (answer.status, answer.location) == (303, "/login")
    assert not await is_in(person)


async def test_a_proved_password_is_kept_for_five_minutes(guarded: Browser, phone: Phone, browser: Browsers) -> None:
    late, person = browser(), browser()
    await late.log_in("alice")
    form = await late.ask("GET", CODE)
    phone.now += 270
    assert (await late.ask("GET", CODE)).status == 200
    phone.now += 30

    answer = await late.ask("POST", CODE, data={**form.hidden, "code": phone.shown()})

    assert (answer.status, answer.location) == (303, "/login")
    await person.log_in("alice")
    assert (await person.submit(CODE, code=phone.shown())).location == "/"


async def test_a_password_that_was_changed_meanwhile_is_proved_no_more(
    guarded: Browser, phone: Phone, browser: Browsers
) -> None:
    person, new = browser(), "another battery 7"
    await person.log_in("alice")
    form = await person.ask("GET", CODE)
    changed = {"old_password": PASSWORD, "password": new, "password2": new}
    assert (await guarded.submit("/settings", to="/settings/password", **changed)).status == 303

    answer = await person.ask("POST", CODE, data={**form.hidden, "code": phone.next()})

    assert (answer.status, answer.location) == (303, "/login")
    assert not await is_in(person)


async def test_a_code_lets_one_in_once_however_many_send_it_at_once(
    guarded: Browser, phone: Phone, browser: Browsers
) -> None:
    people = [browser() for _ in range(4)]
    for person in people:
        await person.log_in("alice")
    code = phone.next()

    answers = await asyncio.gather(*(person.submit(CODE, code=code) for person in people))

    assert sorted(answer.status for answer in answers) == [303, 422, 422, 422]


async def test_the_code_that_set_it_up_is_not_good_again(guarded: Browser, phone: Phone, browser: Browsers) -> None:
    person = browser()
    await person.log_in("alice")

    assert (await person.submit(CODE, code=phone.shown())).status == 422


async def test_codes_of_half_a_minute_before_and_after_are_good_and_no_others(
    guarded: Browser, phone: Phone, browser: Browsers
) -> None:
    codes = [phone.next() for _ in range(4)]
    phone.now -= 60  # of the four, the second is that of now

    statuses = []
    for code in (codes[3], codes[0], codes[2]):
        person = browser()
        await person.log_in("alice")
        statuses.append((await person.submit(CODE, code=code)).status)

    assert statuses == [422, 303, 303]


async def test_ten_recovery_codes_are_good_once_each_in_any_spelling(
    guarded: Browser, phone: Phone, browser: Browsers
) -> None:
    first, second, *_ = phone.recovery
    person, again = browser(), browser()
    assert len(set(phone.recovery)) == 10

    await person.log_in("alice")
    assert (await person.submit(CODE, code=f" {first.upper().replace('-', ' ')} ")).status == 303
    await again.log_in("alice")
    assert (await again.submit(CODE, code=first)).status == 422
    assert (await again.submit(CODE, code=second)).status == 303
    assert "Recovery codes left: 8" in (await guarded.ask("GET", PAGE)).text


async def test_only_hashes_of_recovery_codes_and_an_encrypted_secret_are_stored(
    guarded: Browser, phone: Phone, database: Engine
) -> None:
    with database.connect() as conn:
        hashes = {bytes(each) for each in conn.scalars(select(recovery_codes.c.code_hash))}
        stored = bytes(conn.scalars(select(totp.c.secret)).one())

    assert hashes == {digest(plain(code)) for code in phone.recovery}
    assert {len(plain(code)) * 5 for code in phone.recovery} == {120}  # bits, in Base32
    assert phone.secret.encode() not in stored
    page = (await guarded.ask("GET", PAGE)).text
    assert [code for code in (phone.secret, *phone.recovery) if code in page] == []


async def test_the_log_says_by_what_somebody_was_let_in_or_kept_out(
    guarded: Browser, phone: Phone, browser: Browsers, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    person = browser()

    await person.log_in("alice", "wrong horse 9")
    await person.log_in("alice")
    await person.submit(CODE, code="000000")
    await person.submit(CODE, code=phone.next())

    written = [record for record in caplog.records if record.name.startswith(("app.auth.", "app.factors."))]
    assert [record.getMessage() for record in written] == ["wrong password", "wrong code", "right code", "logged in"]
    assert all(said_by(record)["address"] == "127.0.0.1" for record in written)
    assert said_by(written[-1]) == {"user": 1, "by": "password", "address": "127.0.0.1"}


async def test_wrong_codes_are_counted_over_all_processes(
    guarded: Browser, phone: Phone, browser: Browsers, serve: Serve, open_browser: Open
) -> None:
    here, there = browser(), open_browser(await serve())
    for person in (here, there):
        await person.log_in("alice")
        for guess in range(5):
            assert (await person.submit(CODE, code=f"00000{guess}")).status == 422

    assert [(await person.submit(CODE, code=phone.next())).status for person in (here, there)] == [429, 429]
    assert await is_in(guarded)


async def test_a_link_for_a_new_password_does_not_pass_the_second_factor(
    guarded: Browser, phone: Phone, browser: Browsers, database: Engine
) -> None:
    person, new = browser(), "another battery 7"
    link = run(database, "users", "reset-link", "alice", PUBLIC_URL="http://x.example").stdout.strip()
    assert (await person.submit(link.removeprefix("http://x.example"), password=new, password2=new)).status == 200
    assert not await is_in(person)

    assert (await person.log_in("alice", new)).location == CODE

    assert not await is_in(person)
    assert (await person.submit(CODE, code=phone.next())).location == "/"


async def test_it_is_switched_off_with_password_and_code_alone(
    guarded: Browser, phone: Phone, browser: Browsers, database: Engine
) -> None:
    for fields in ({"code": phone.next(), "password": "wrong horse 9"}, {"code": "000000", "password": PASSWORD}):
        assert (await guarded.submit(PAGE, to=f"{PAGE}/off", **fields)).status == 422
    assert (await browser().log_in("alice")).location == CODE

    answer = await guarded.submit(PAGE, to=f"{PAGE}/off", code=phone.next(), password=PASSWORD)

    assert (answer.status, answer.location) == (303, f"{PAGE}?done=off")
    assert (await browser().log_in("alice")).location == "/"
    with database.connect() as conn:
        assert conn.execute(select(recovery_codes)).all() == []


@pytest.mark.parametrize("wrong", [{"code": "000000"}, {"password": "wrong horse 9"}, {"code": "\0é"}, {"code": ""}])
async def test_it_is_not_switched_on_without_password_and_code(
    wrong: dict[str, str], alice: Browser, phone: Phone, browser: Browsers
) -> None:
    assert (await phone.set_up(alice, **wrong)).status == 422

    assert (await browser().log_in("alice")).location == "/"
    assert (await phone.set_up(alice)).status == 200
