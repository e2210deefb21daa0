"""One's own account is connected with the provider, and disconnected: with the password, and as nobody else."""

from sqlalchemy import Engine, select

from app.db.schema import identities
from tests.providers.conftest import arrive, log_in, way_back, way_there
from tests.providers.house import House
from tests.support.browsing import PASSWORD, Browser, Browsers

PAGE = "/settings/provider"
CONNECT, DISCONNECT = f"{PAGE}/connect", f"{PAGE}/disconnect"


def owners(database: Engine) -> list[int]:
    with database.connect() as conn:
        return [*conn.scalars(select(identities.c.user_id))]


async def connect(person: Browser) -> None:
    back = await way_back(await way_there(person, PAGE, CONNECT, password=PASSWORD))
    assert (await arrive(person, back)).location == f"{PAGE}?done=connected"
    again = await arrive(person, back)
    assert (again.status, "This log-in was used already" in again.text) == (400, True)


async def test_who_types_the_password_is_connected_and_logs_in_so(
    alice: Browser, browser: Browsers, database: Engine
) -> None:
    assert "/settings/provider" in (await alice.ask("GET", "/settings")).text
    wrong = await alice.submit(PAGE, to=CONNECT, password="wrong horse 9")
    assert (wrong.status, wrong.reason_at("password")) == (422, "This is not your password.")

    await connect(alice)

    assert owners(database) == [1]
    assert "Your account is connected." in (await alice.ask("GET", f"{PAGE}?done=connected")).text
    again = browser()
    await log_in(again)
    assert "Your login is <bdi>alice</bdi>" in (await again.ask("GET", "/settings")).text


async def test_an_answer_that_another_browser_asked_for_connects_nobody(
    alice: Browser, browser: Browsers, database: Engine
) -> None:
    """Or somebody could connect themself with the account of whoever follows their link."""
    back = await way_back(await way_there(browser()))

    assert (await arrive(alice, back)).status == 400

    assert owners(database) == []


async def test_it_is_the_account_that_asked_which_is_connected(
    alice: Browser, browser: Browsers, database: Engine
) -> None:
    bob = browser()
    await bob.sign_up("bobby")
    kept = alice.cookie()
    back = await way_back(await way_there(alice, PAGE, CONNECT, password=PASSWORD))
    begun = alice.cookie()
    assert kept != begun
    await alice.sign_out()

    assert (await arrive(alice, back)).status == 400
    await alice.log_in("bobby")
    assert (await arrive(alice, back)).status == 400

    assert owners(database) == []


async def test_a_person_at_the_provider_is_one_person_here(
    alice: Browser, provider: House, browser: Browsers, database: Engine
) -> None:
    await connect(alice)
    bob = browser()
    await bob.sign_up("bobby")

    taken = await arrive(bob, await way_back(await way_there(bob, PAGE, CONNECT, password=PASSWORD)))

    assert taken.status == 403
    assert "Somebody else here is connected with this account of Example Org." in taken.text
    provider.people["2"], provider.who = {"name": "Other"}, "2"
    second = await arrive(alice, await way_back(await way_there(alice, PAGE, CONNECT, password=PASSWORD)))
    assert second.status == 403
    assert "Disconnect that first." in second.text
    assert owners(database) == [1]


async def test_who_disconnects_comes_by_the_password_alone(alice: Browser, browser: Browsers, database: Engine) -> None:
    await connect(alice)
    assert (await alice.submit(PAGE, to=DISCONNECT, password="wrong horse 9")).status == 422
    assert owners(database) == [1]

    assert (await alice.submit(PAGE, to=DISCONNECT, password=PASSWORD)).location == f"{PAGE}?done=disconnected"

    assert owners(database) == []
    await log_in(browser())
    assert owners(database) == [2]  # a new account: nothing verified joins it with Alice's


async def test_who_has_no_password_cannot_disconnect_and_reads_why(
    alice: Browser, browser: Browsers, database: Engine
) -> None:
    ada = browser()
    await log_in(ada)

    page = await ada.ask("GET", PAGE)

    assert "It has no password." in page.text
    assert "Disconnect" not in page.text
    account = await ada.ask("GET", "/settings")
    assert "Your account has no password." in account.text
    assert (await ada.ask("POST", DISCONNECT, data={**account.hidden, "password": ""})).status == 422
    assert owners(database) == [2]


async def test_what_asks_for_the_password_says_so_where_there_is_none(alice: Browser, browser: Browsers) -> None:
    ada = browser()
    await log_in(ada)

    for page, to in (("/settings/email", "/settings/email"), ("/settings/second-factor", "/settings/second-factor/on")):
        answer = await ada.submit(page, to=to, password=PASSWORD, email="a@example.org", code="1")
        assert (answer.status, "Your account has no password." in answer.text) == (422, True), page
    wrong = await alice.submit("/settings/email", password="wrong horse 9")
    assert wrong.reason_at("password") == "This is not your password."
