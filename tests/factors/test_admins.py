"""What admins do about second factors: take away one that is lost, and ask for one of everybody."""

from sqlalchemy import Engine, select

from app.db.schema import audit
from tests.factors.conftest import CODE, PAGE, Phone
from tests.recovery.test_command_line import run
from tests.support.browsing import Browser, Browsers
from tests.support.sockets import open_socket

OF_ALL = "/settings/chat/second-factor"


async def test_an_admin_takes_a_lost_one_away_and_nobody_else_may(
    alice: Browser, bob: Browser, phone: Phone, browser: Browsers, database: Engine
) -> None:
    await phone.set_up(bob)
    carol = browser()
    await carol.sign_up("carol")
    form = await carol.ask("GET", "/settings")
    assert (await carol.ask("GET", "/people/bobby/second-factor")).status == 403
    assert (await carol.ask("POST", "/people/bobby/second-factor", data=form.hidden)).status == 403
    assert (await browser().log_in("bobby")).location == CODE

    assert (await alice.submit("/people/bobby/second-factor")).status == 303

    assert (await bob.ask("GET", "/settings")).status == 303
    assert (await browser().log_in("bobby")).location == "/"
    with database.connect() as conn:
        assert tuple(conn.execute(select(audit.c.actor_id, audit.c.action, audit.c.user_id)).one()) == (
            *(1, "factor_removed", 2),
        )


async def test_an_operator_takes_one_away_on_the_command_line(
    guarded: Browser, browser: Browsers, database: Engine
) -> None:
    assert (await browser().log_in("alice")).location == CODE

    done = run(database, "users", "remove-factors", "ALICE")

    assert (done.returncode, done.stderr) == (0, "")
    assert "The password alone" in done.stdout
    assert (await guarded.ask("GET", "/settings")).status == 303
    assert (await browser().log_in("alice")).location == "/"
    with database.connect() as conn:
        written = conn.execute(select(audit.c.actor_id, audit.c.action, audit.c.user_id)).all()
    assert [tuple(row) for row in written] == [(None, "factor_removed", 1)]


async def test_on_the_command_line_nothing_happens_to_who_has_none(alice: Browser, database: Engine) -> None:
    none, nobody = [run(database, "users", "remove-factors", login) for login in ("alice", "nobody")]

    assert (none.returncode, none.stdout) == (0, "“alice” has no second factor.\n")
    assert (nobody.returncode, nobody.stderr) == (2, "Nobody here has the login “nobody”.\n")
    assert (await alice.ask("GET", "/settings")).status == 200
    with database.connect() as conn:
        assert conn.execute(select(audit.c.id)).all() == []


async def test_where_one_is_asked_of_all_who_has_none_sees_only_the_page_that_sets_it_up(
    guarded: Browser, bob: Browser, browser: Browsers
) -> None:
    socket = await open_socket(bob)
    await socket.until("hello")

    assert (await guarded.submit(OF_ALL)).status == 303

    assert await socket.close_code() == 4001
    assert (await guarded.ask("GET", "/people")).status == 200
    again = browser()
    assert (await again.log_in("bobby")).location == "/"
    for path in ("/", "/people", "/settings", "/search?q=x", "/files/1", "/login"):
        answer = await again.ask("GET", path)
        assert (answer.status, answer.location) == (303, PAGE), path
    form = await again.ask("GET", PAGE)
    assert (await again.ask("GET", "/api/rooms/1/messages")).status == 403
    assert (await again.ask("GET", "/ws")).status == 403
    assert (await again.ask("POST", "/settings", data=form.hidden)).status == 403


async def test_who_sets_it_up_then_sees_the_rest(
    guarded: Browser, bob: Browser, phone: Phone, browser: Browsers
) -> None:
    await guarded.submit(OF_ALL)
    new = browser()
    await new.sign_up("carol")
    assert (await new.ask("GET", "/people")).location == PAGE

    assert (await phone.set_up(new)).status == 200

    assert (await new.ask("GET", "/people")).status == 200
    assert (await new.submit(PAGE, to=f"{PAGE}/off", code=phone.next(), password="correct horse 9")).status == 403


async def test_it_is_asked_for_no_more(guarded: Browser, bob: Browser, browser: Browsers) -> None:
    await guarded.submit(OF_ALL)
    await guarded.submit(OF_ALL)

    assert (await bob.log_in("bobby")).location == "/"
    assert (await bob.ask("GET", "/people")).status == 200


async def test_only_an_admin_who_has_one_asks_for_it(alice: Browser, bob: Browser, browser: Browsers) -> None:
    form = await bob.ask("GET", "/settings")
    assert (await bob.ask("GET", OF_ALL)).status == 403
    assert (await bob.ask("POST", OF_ALL, data=form.hidden)).status == 403

    assert (await alice.submit(OF_ALL)).status == 403

    assert (await bob.ask("GET", "/people")).status == 200
