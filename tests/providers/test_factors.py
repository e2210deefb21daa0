"""Second factors and the provider: one's own is asked for, that of all is the provider's."""

from sqlalchemy import Engine, func, update

from app.db.schema import users
from tests.factors.conftest import CODE, Phone, guarded, phone
from tests.providers.conftest import log_in
from tests.support.browsing import Browser, Browsers

__all__ = ["guarded", "phone"]
OF_ALL = "/settings/chat/second-factor"


async def test_where_a_second_factor_is_asked_of_all_that_of_the_provider_counts(
    guarded: Browser, browser: Browsers
) -> None:
    ada, bob = browser(), browser()
    await log_in(ada)
    await bob.sign_up("bobby")

    assert (await guarded.submit(OF_ALL)).status == 303

    assert (await ada.ask("GET", "/people")).status == 200
    again = browser()
    await log_in(again)
    assert (await again.ask("GET", "/people")).status == 200
    assert (await bob.ask("GET", "/people")).location.startswith("/login")


async def test_where_it_is_asked_of_all_a_password_alone_counts_less_than_the_provider(
    guarded: Browser, browser: Browsers, database: Engine
) -> None:
    await browser().sign_up("bobby")
    with database.begin() as conn:
        confirmed = update(users).values(email="ada@example.org", email_verified_at=func.clock_timestamp())
        conn.execute(confirmed.where(users.c.login == "bobby"))
    await guarded.submit(OF_ALL)
    by_provider, by_password = browser(), browser()

    await log_in(by_provider)
    await by_password.log_in("bobby")

    assert (await by_provider.ask("GET", "/people")).status == 200
    assert (await by_password.ask("GET", "/people")).location == "/settings/second-factor"


async def test_ones_own_is_asked_for_behind_the_provider_too(
    guarded: Browser, phone: Phone, browser: Browsers, database: Engine
) -> None:
    with database.begin() as conn:
        conn.execute(update(users).values(email="ada@example.org", email_verified_at=func.clock_timestamp()))
    person = browser()

    answer = await log_in(person, next="/people")

    assert answer.location == CODE
    assert (await person.ask("GET", "/people")).location.startswith("/login")
    assert (await person.submit(CODE, code="000000")).status == 422
    assert (await person.submit(CODE, code=phone.next())).location == "/people"
    assert (await person.ask("GET", "/people")).status == 200
