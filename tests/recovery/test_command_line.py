"""What an operator does about accounts with `python -m app`, as a process of its own beside one that serves."""

from subprocess import CompletedProcess

from sqlalchemy import Engine, select

from app.db.schema import audit
from tests.conftest import url_of
from tests.recovery.conftest import NEW
from tests.support.browsing import Browser, Browsers
from tests.support.processes import completed


def run(database: Engine, *words: str, **settings: str) -> CompletedProcess[str]:
    """`python -m app …` on the database of the tests."""
    url = url_of(database)
    return completed(*words, **{"DATABASE_URL": url} | settings)


async def test_a_reset_link_is_made_without_logging_in(
    alice: Browser, bob: Browser, browser: Browsers, database: Engine
) -> None:
    done = run(database, "users", "reset-link", "BOBBY", PUBLIC_URL="https://chat.example.org")

    assert (done.returncode, done.stderr) == (0, "")
    address, _, path = done.stdout.strip().partition("/reset/")
    assert address == "https://chat.example.org"
    assert (await browser().submit(f"/reset/{path}", password=NEW, password2=NEW)).status == 200
    assert (await browser().log_in("bobby", NEW)).status == 303
    with database.connect() as conn:
        written = conn.execute(select(audit.c.actor_id, audit.c.action, audit.c.user_id)).all()
    assert [tuple(row) for row in written] == [(None, "reset_link", 2)]


async def test_an_unknown_login_is_refused_with_a_sentence(alice: Browser, database: Engine) -> None:
    done = run(database, "users", "reset-link", "nobody")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "Nobody here has the login “nobody”.\n"
