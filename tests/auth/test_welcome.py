"""What the log-in page says to whom: “Welcome back” to a browser that somebody has logged in with before."""

from sqlalchemy import Engine, delete

from app.db.schema import sessions
from tests.support.browsing import Browser, Browsers

BACK, NEW = "Welcome back to <bdi>Parley</bdi>.", "With your account of <bdi>Parley</bdi>."


async def test_the_very_first_visitor_is_not_welcomed_back(browser: Browsers) -> None:
    visitor = browser()

    for _ in range(2):
        page = (await visitor.ask("GET", "/login")).text
        assert NEW in page
        assert BACK not in page
    assert (await visitor.log_in("nobody")).status == 422
    assert NEW in (await visitor.ask("GET", "/login")).text


async def test_who_was_here_before_is_welcomed_back(alice: Browser, browser: Browsers) -> None:
    other = browser()
    assert (await other.log_in("alice")).status == 303

    for person in (alice, other):
        await person.sign_out()
        page = (await person.ask("GET", "/login")).text
        assert BACK in page
        assert NEW not in page


async def test_who_was_logged_out_from_elsewhere_is_welcomed_back(alice: Browser, database: Engine) -> None:
    with database.begin() as conn:
        conn.execute(delete(sessions))

    for _ in range(2):
        assert BACK in (await alice.ask("GET", "/login")).text
