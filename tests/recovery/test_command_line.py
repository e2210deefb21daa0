"""What an operator does about accounts with `python -m app`, as a process of its own beside one that serves."""

import os
import subprocess
import sys

from sqlalchemy import Engine, select

from app.db.schema import audit
from tests.recovery.conftest import NEW
from tests.support.browsing import Browser, Browsers
from tests.support.processes import ROOT, SETTINGS_OF_OURS


def run(database: Engine, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """`python -m app …` on the database of the tests."""
    inherited = {name: value for name, value in os.environ.items() if name not in SETTINGS_OF_OURS}
    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    environment = {**inherited, "DATABASE_URL": url, **settings}
    words = (sys.executable, "-m", "app", *words)
    return subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


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
